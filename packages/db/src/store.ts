import { type CycleJob, HeraldError, type Seal, type Store, type Transaction } from "@herald/core";
import { isConflict, reaching } from "./errors.ts";
import { Outbox, type WrittenLogLine } from "./outbox.ts";
import type { Prisma, PrismaTransaction } from "./prisma.ts";
import { apiKeys } from "./repositories/api-keys.ts";
import { apiPairs } from "./repositories/api-pairs.ts";
import { writeAudit } from "./repositories/audit.ts";
import { bots } from "./repositories/bots.ts";
import { chats } from "./repositories/chats.ts";
import { cycles } from "./repositories/cycles.ts";
import { groups } from "./repositories/groups.ts";
import { sessionChats } from "./repositories/session-chats.ts";
import { sessions } from "./repositories/sessions.ts";
import { signInAttempts } from "./repositories/sign-in-attempts.ts";
import { signIns } from "./repositories/sign-ins.ts";
import { twoStep } from "./repositories/two-step.ts";
import { users } from "./repositories/users.ts";

/** Tries of a transaction that lost against another one (deadlock, serialization failure). */
const CONFLICT_TRIES = 5;

/** Runs SQL inside the transaction. The shape that pg-boss takes as `db`. */
export interface SqlExecutor {
  // biome-ignore lint/suspicious/noExplicitAny: rows of whatever is asked, as pg-boss types it
  executeSql(text: string, values?: unknown[]): Promise<{ rows: any[] }>;
}

/** Puts the cycle on the queue by SQL on `executor`, so that the job leaves with the transaction's commit. */
export type Enqueue = (executor: SqlExecutor, job: CycleJob, startAt: Date) => Promise<void>;

export interface StoreOptions {
  prisma: Prisma;
  seal: Seal;
  enqueue: Enqueue;
  /** seconds, for chats without their own */
  defaultCooldown: number;
  onLog: (line: WrittenLogLine) => void;
}

/**
 * The store over Prisma. A transaction that loses against another one is run again from the start, so `work` must have no
 * effect outside of it.
 */
export function createStore(options: StoreOptions): Store {
  const { prisma, onLog } = options;
  const attempt = async <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => {
    const outbox = new Outbox();
    const result = await prisma.$transaction(async (client) => {
      const tx = client as unknown as PrismaTransaction;
      const answer = await work(transactionOver(tx, outbox, options));
      await outbox.publish(tx);
      return answer;
    });
    outbox.lines.forEach(onLog);
    return result;
  };
  return {
    transaction: (work) =>
      reaching(async () => {
        for (let tries = 1; ; tries++) {
          try {
            return await attempt(work);
          } catch (error) {
            if (!isConflict(error)) throw error;
            if (tries === CONFLICT_TRIES)
              throw new HeraldError(
                "database_unavailable",
                "Others change the same just now. Nothing was changed; try again in a moment.",
              );
          }
        }
      }),
  };
}

function transactionOver(
  tx: PrismaTransaction,
  outbox: Outbox,
  { seal, enqueue, defaultCooldown }: StoreOptions,
): Transaction {
  const executor: SqlExecutor = {
    executeSql: async (text, values = []) => {
      const rows = await tx.$queryRawUnsafe<unknown[]>(text, ...values);
      return { rows: Array.isArray(rows) ? rows : [] };
    },
  };
  return {
    users: users(tx),
    signIns: signIns(tx),
    apiKeys: apiKeys(tx),
    signInAttempts: signInAttempts(tx),
    twoStep: twoStep(tx, seal),
    bots: bots(tx),
    groups: groups(tx, defaultCooldown),
    sessions: sessions(tx),
    apiPairs: apiPairs(tx, seal),
    sessionChats: sessionChats(tx),
    cycles: cycles(tx),
    chats: chats(tx),
    audit: (entry) => writeAudit(tx, entry),
    log: (line) => outbox.log(tx, line),
    changed: async (userId, what) => outbox.changed(userId, what),
    poolChanged: async () => outbox.poolChanged(),
    enqueueCycle: (job, startAt) => enqueue(executor, job, startAt),
  };
}
