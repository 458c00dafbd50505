import { decide, restFrom } from "../decide/decide.ts";
import { reasonFor } from "../decide/plain-words.ts";
import type { SessionRest, SessionSecret } from "../model/domain.ts";
import type { Account, Refusal } from "../model/outcome.ts";
import type { Clock, Gateway, Store } from "../ports/index.ts";
import { pickApiPair } from "./assign-sessions.ts";
import type { SessionLeases } from "./session-leases.ts";

const UNREADABLE_PAIR = reasonFor({ kind: "config_error", code: "API_PAIR_UNREADABLE" });

/** The code of a session whose key is being tried for the first time. A crash leaves it for an admin, who tries it again. */
export const BEING_CHECKED = "BEING_CHECKED";

/**
 * What trying a session's key came to. `rests`: Telegram knows the account and lets it do nothing now, so that nobody learns
 * who it is. `unchecked`: Telegram said nothing of the account, and `message` says why.
 */
export type Trial =
  | { kind: "alive"; account: Account }
  | { kind: "rests"; rest: SessionRest }
  | { kind: "dead"; cause: "spam" | "lost"; code: string }
  | { kind: "unchecked"; message: string };

interface TrialDependencies {
  store: Store;
  gateway: Gateway;
  leases: SessionLeases;
  clock: Clock;
}

/**
 * Signs in once with the key and asks who it is, under the session's lease: Telegram ends a key that two use at once
 * (AUTH_KEY_DUPLICATED, https://core.telegram.org/api/errors#406-not-acceptable). The connection is closed before
 * `conclude` writes down what it came to, and the lease is given back after that. The seat on the API pair is not kept: a
 * session gets its pair when it is assigned.
 *
 * @returns null when somebody else has the lease, and nothing was tried. Throws `database_unavailable`.
 */
export async function trySession<T>(
  { leases, ...deps }: TrialDependencies,
  session: { id: string; secret: SessionSecret },
  conclude: (trial: Trial) => Promise<T>,
): Promise<T | null> {
  const lease = await leases.acquire(session.id);
  if (lease === null) return null;
  try {
    return await conclude(await ask(deps, session.secret, lease.held));
  } finally {
    await lease.release();
  }
}

async function ask(
  { store, gateway, clock }: Omit<TrialDependencies, "leases">,
  secret: SessionSecret,
  mayUse: () => boolean,
): Promise<Trial> {
  const api = await store.transaction(async (tx) => {
    const pair = pickApiPair(await tx.apiPairs.list());
    return pair === null ? "no_seat" : tx.apiPairs.credentials(pair.id);
  });
  if (api === "no_seat")
    return { kind: "unchecked", message: "Not tried with Telegram yet: no API pair has a free seat." };
  if (api === null) return { kind: "unchecked", message: `Not tried with Telegram yet: ${UNREADABLE_PAIR}.` };
  const connected = await gateway.connect({ secret, api }, { signal: new AbortController().signal, mayUse });
  if (connected.kind !== "connected") return judge(connected, clock.now());
  try {
    const me = await connected.client.me();
    return me.kind === "me" ? { kind: "alive", account: me.account } : judge(me, clock.now());
  } finally {
    await connected.client.close();
  }
}

/** What a refusal says of an account, whoever meets it: as in a cycle, where no group was tried. */
function judge(refusal: Refusal, now: Date): Trial {
  const tried = { attempts: 1, firstTriedAt: now, maybeDelivered: false, left: false, now, jitter: 0 };
  const decision = decide(refusal, { ...tried, session: "the account", group: "Telegram" });
  const rest = restFrom(decision, refusal.code, now);
  if (rest !== null) return { kind: "rests", rest };
  return decision.session?.kind === "dead"
    ? { kind: "dead", cause: decision.session.cause, code: refusal.code }
    : { kind: "unchecked", message: `Not tried: Telegram did not let it in now (${refusal.code}).` };
}
