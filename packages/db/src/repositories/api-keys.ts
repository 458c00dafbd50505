import type { ApiKeyRepository } from "@herald/core";
import type { PrismaTransaction } from "../prisma.ts";
import { toApiKey, toUser } from "../rows.ts";

export const apiKeys = (tx: PrismaTransaction): ApiKeyRepository => ({
  async findByHash(hash) {
    const row = await tx.apiKey.findUnique({ where: { hash }, include: { user: true } });
    return row && { key: toApiKey(row), user: toUser(row.user) };
  },

  async find(id) {
    const row = await tx.apiKey.findUnique({ where: { id }, include: { user: true } });
    return row && { key: toApiKey(row), user: toUser(row.user) };
  },

  async add(key) {
    return toApiKey(await tx.apiKey.create({ data: { ...key, scopes: ["full"] } }));
  },

  async revokeAll(userId, at) {
    const open = { userId, revokedAt: null };
    const keys = await tx.apiKey.findMany({ where: open, orderBy: { createdAt: "asc" } });
    // those that were read, but for one that another request revoked meanwhile: its time stays
    await tx.apiKey.updateMany({ where: { ...open, id: { in: keys.map((key) => key.id) } }, data: { revokedAt: at } });
    return keys.map(toApiKey);
  },

  /** Where another request is writing the same note, there is none to write. */
  async used(id, at) {
    await tx.$executeRaw`
      UPDATE api_keys SET last_used_at = ${at}::timestamptz WHERE id = (
        SELECT id FROM api_keys
        WHERE id = ${id}::uuid
          AND (last_used_at IS NULL OR last_used_at <= ${at}::timestamptz - interval '1 minute')
        FOR NO KEY UPDATE SKIP LOCKED)`;
  },
});
