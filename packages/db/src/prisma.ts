import { PrismaPg } from "@prisma/adapter-pg";
import type pg from "pg";
import { PrismaClient } from "./generated/client.ts";

/** Longest a transaction of the services may take, in ms: making a cycle of some 100,000 slots fits. */
const TRANSACTION_TIMEOUT_MS = 60_000;
/** Longest to wait for a free connection, in ms. */
const CONNECTION_WAIT_MS = 10_000;

/** The Prisma client over `pool`. Secret columns are left out of every answer that does not name them. */
export function createPrisma(pool: pg.Pool) {
  return new PrismaClient({
    adapter: new PrismaPg(pool),
    omit: {
      user: { passwordHash: true },
      twoStep: { secret: true },
      recoveryCode: { hash: true },
      apiKey: { hash: true },
      apiPair: { apiHash: true },
    },
    transactionOptions: { maxWait: CONNECTION_WAIT_MS, timeout: TRANSACTION_TIMEOUT_MS },
  });
}

export type Prisma = ReturnType<typeof createPrisma>;
/** The client inside a transaction, which leaves the same columns out (Prisma's own type forgets that). */
export type PrismaTransaction = Omit<Prisma, "$connect" | "$disconnect" | "$extends" | "$on" | "$transaction" | "$use">;
