import type { SignInAttemptRepository } from "@herald/core";
import type { PrismaTransaction } from "../prisma.ts";

export const signInAttempts = (tx: PrismaTransaction): SignInAttemptRepository => ({
  /** The row's lock is kept to the end of the transaction: who comes meanwhile counts on from what is committed then. */
  async count(key, windowMs, now) {
    const end = new Date(now.getTime() + windowMs);
    const [row] = await tx.$queryRaw<[{ count: number; until: Date }]>`
      INSERT INTO sign_in_attempts AS a (key, count, until) VALUES (${key}, 1, ${end}::timestamptz)
      ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN a.until > ${now}::timestamptz THEN a.count + 1 ELSE 1 END,
        until = CASE WHEN a.until > ${now}::timestamptz THEN a.until ELSE excluded.until END
      RETURNING count, until`;
    return row;
  },

  async giveBack(key) {
    await tx.signInAttempt.updateMany({ where: { key, count: { gt: 0 } }, data: { count: { decrement: 1 } } });
  },

  async forget(key) {
    await tx.signInAttempt.deleteMany({ where: { key } });
  },
});
