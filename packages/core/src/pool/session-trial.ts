import { reasonFor } from "../decide/plain-words.ts";
import type { SessionSecret } from "../model/domain.ts";
import type { Account, Refusal } from "../model/outcome.ts";
import type { Gateway, Store } from "../ports/index.ts";
import { pickApiPair } from "./assign-sessions.ts";
import type { SessionLeases } from "./session-leases.ts";

const UNREADABLE_PAIR = reasonFor({ kind: "config_error", code: "API_PAIR_UNREADABLE" });

/** The code of a session whose key is being tried for the first time. A crash leaves it for an admin, who tries it again. */
export const BEING_CHECKED = "BEING_CHECKED";

/** What trying a session's key came to. `unchecked`: Telegram said nothing of the account, and `message` says why. */
export type Trial =
  | { kind: "alive"; account: Account }
  | { kind: "dead"; cause: "spam" | "lost"; code: string }
  | { kind: "unchecked"; message: string };

interface TrialDependencies {
  store: Store;
  gateway: Gateway;
  leases: SessionLeases;
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
  { store, gateway, leases }: TrialDependencies,
  session: { id: string; secret: SessionSecret },
  conclude: (trial: Trial) => Promise<T>,
): Promise<T | null> {
  const lease = await leases.acquire(session.id);
  if (lease === null) return null;
  try {
    return await conclude(await ask({ store, gateway }, session.secret, lease.held));
  } finally {
    await lease.release();
  }
}

async function ask(
  { store, gateway }: Pick<TrialDependencies, "store" | "gateway">,
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
  if (connected.kind !== "connected") return refused(connected);
  try {
    const me = await connected.client.me();
    return me.kind === "me" ? { kind: "alive", account: me.account } : refused(me);
  } finally {
    await connected.client.close();
  }
}

const refused = (refusal: Refusal): Trial =>
  refusal.kind === "session_dead"
    ? { kind: "dead", cause: refusal.cause, code: refusal.code }
    : { kind: "unchecked", message: `Not tried: Telegram did not let it in now (${refusal.code}).` };
