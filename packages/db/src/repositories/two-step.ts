import type { Seal, TwoStepRepository } from "@herald/core";
import type { PrismaTransaction } from "../prisma.ts";

/** What a sealed secret is bound to. */
const contextOf = (userId: string) => `two-step of ${userId}`;

export const twoStep = (tx: PrismaTransaction, seal: Seal): TwoStepRepository => ({
  async find(userId) {
    await tx.$queryRaw`SELECT FROM two_step WHERE user_id = ${userId}::uuid FOR UPDATE`;
    const row = await tx.twoStep.findUnique({ where: { userId }, select: { secret: true, confirmedAt: true } });
    if (row === null) return null;
    const opened = seal.open(contextOf(userId), row.secret);
    if (!opened.ok) throw new Error(`The two-step secret of the user ${userId} does not open: ${opened.reason}.`);
    return { secret: Buffer.from(opened.plain).toString("utf8"), confirmedAt: row.confirmedAt };
  },

  async isOn(userId) {
    return (await tx.twoStep.count({ where: { userId, confirmedAt: { not: null } } })) > 0;
  },

  async begin(userId, secret) {
    const row = { secret: seal.seal(contextOf(userId), Buffer.from(secret)), lastStep: 0 };
    await tx.$queryRaw`SELECT FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
    const { count } = await tx.twoStep.updateMany({ where: { userId, confirmedAt: null }, data: row });
    if (count === 0) await tx.twoStep.create({ data: { userId, ...row } });
  },

  async confirm(userId, at) {
    await tx.twoStep.update({ where: { userId }, data: { confirmedAt: at } });
  },

  async takeStep(userId, step) {
    const { count } = await tx.twoStep.updateMany({
      where: { userId, lastStep: { lt: step } },
      data: { lastStep: step },
    });
    return count > 0;
  },

  async replaceRecoveryCodes(userId, hashes) {
    await tx.recoveryCode.deleteMany({ where: { userId } });
    await tx.recoveryCode.createMany({ data: hashes.map((hash) => ({ userId, hash })) });
  },

  async takeRecoveryCode(userId, hash, at) {
    const { count } = await tx.recoveryCode.updateMany({ where: { userId, hash, usedAt: null }, data: { usedAt: at } });
    if (count > 0) return "taken";
    return (await tx.recoveryCode.count({ where: { userId, hash } })) > 0 ? "used" : "unknown";
  },

  recoveryCodesLeft: (userId) => tx.recoveryCode.count({ where: { userId, usedAt: null } }),

  async remove(userId) {
    const on = await this.isOn(userId);
    await tx.twoStep.deleteMany({ where: { userId } });
    return on;
  },

  async list() {
    const rows = await tx.twoStep.findMany({ select: { userId: true }, orderBy: { userId: "asc" } });
    return rows.map(({ userId }) => userId);
  },

  async missingKeys() {
    const rows = await tx.twoStep.findMany({ select: { userId: true, secret: true } });
    return rows.flatMap(({ userId, secret }) => {
      const opened = seal.open(contextOf(userId), secret);
      return opened.ok ? [] : (opened.missingKey ?? []);
    });
  },

  async reseal(userId) {
    await tx.$queryRaw`SELECT FROM two_step WHERE user_id = ${userId}::uuid FOR UPDATE`;
    const row = await tx.twoStep.findUnique({ where: { userId }, select: { secret: true } });
    if (row === null || seal.isCurrent(row.secret)) return false;
    const opened = seal.open(contextOf(userId), row.secret);
    if (!opened.ok) return { reason: opened.reason };
    await tx.twoStep.update({ where: { userId }, data: { secret: seal.seal(contextOf(userId), opened.plain) } });
    return true;
  },
});
