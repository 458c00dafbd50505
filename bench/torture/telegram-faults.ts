import { setTimeout as sleep } from "node:timers/promises";
import type { Journal } from "./journal.ts";
import { Random } from "./random.ts";
import type { Stage } from "./stage.ts";

/** Telegram limits an account for a while, or bans one for good, after so many acts each. */
const ACTS_A_LIMIT = 6;
const ACTS_A_BAN = 8;
/** …and a basic group becomes a supergroup. */
const ACTS_A_MIGRATION = 2;
/** How long a limit lasts, in milliseconds. */
const LIMIT_MS = { least: 4_000, most: 10_000 };
const LIMITS = ["PEER_FLOOD", "USER_BANNED_IN_CHANNEL"] as const;
const TICK_MS = 250;

/** What Telegram did to accounts of the pool, and to chats. */
export interface TelegramFaults {
  bans: number;
  limits: number;
  migrations: number;
}

/**
 * Bans and limits accounts and turns basic groups into supergroups now and then, until `signal` aborts.
 * @param options.acts how many acts were done so far
 * @param options.most bans; the pool has no more accounts to spare
 */
export async function injectTelegramFaults(
  { stage, journal }: { stage: Stage; journal: Journal },
  options: { acts: () => number; most: number; done: TelegramFaults },
  signal: AbortSignal,
): Promise<void> {
  const { acts, most, done } = options;
  const random = new Random(stage.world.seed + 2);
  const someAccount = () =>
    random.pick(stage.accounts.filter(({ status, limitError }) => status === "active" && limitError === undefined));
  while (!signal.aborted) {
    await sleep(TICK_MS);
    if (done.bans < most && acts() >= (done.bans + 1) * ACTS_A_BAN) {
      const account = someAccount();
      account.ban();
      journal.note(`account ${account.id} is banned`);
      done.bans += 1;
    }
    if (acts() >= (done.limits + 1) * ACTS_A_LIMIT) {
      const account = someAccount();
      const limit = random.pick(LIMITS);
      account.limit(limit, random.between(LIMIT_MS.least, LIMIT_MS.most));
      journal.note(`account ${account.id} is limited (${limit})`);
      done.limits += 1;
    }
    const [group] = [...stage.optedOut, ...stage.chats].filter(
      (chat) => chat.kind === "basicGroup" && !chat.migratedTo,
    );
    if (group !== undefined && acts() >= (done.migrations + 1) * ACTS_A_MIGRATION) {
      const { markedId } = stage.world.migrate(group);
      journal.note(`the basic group ${group.markedId} becomes the supergroup ${markedId}`);
      done.migrations += 1;
    }
  }
}
