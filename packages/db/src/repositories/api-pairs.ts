import { type ApiPairRepository, HeraldError } from "@herald/core";
import type { ApiHashCipher } from "../api-hash.ts";
import { isRefusedBy } from "../errors.ts";
import type { PrismaTransaction } from "../prisma.ts";

export const apiPairs = (tx: PrismaTransaction, cipher: ApiHashCipher): ApiPairRepository => ({
  async list(options) {
    if (options?.forUpdate) await tx.$queryRaw`SELECT FROM api_pairs ORDER BY id FOR UPDATE`;
    const rows = await tx.apiPair.findMany({
      orderBy: [{ addedAt: "asc" }, { id: "asc" }],
      include: { _count: { select: { sessions: true } } },
    });
    return rows.map(({ _count, ...pair }) => ({ ...pair, used: _count.sessions }));
  },

  async credentials(id) {
    const pair = await tx.apiPair.findUniqueOrThrow({ where: { id }, select: { apiId: true, apiHash: true } });
    const apiHash = cipher.decrypt(pair.apiId, pair.apiHash);
    return apiHash === null ? null : { apiId: pair.apiId, apiHash };
  },

  async add({ apiHash, ...pair }) {
    const [row] = await tx.apiPair.createManyAndReturn({
      data: [{ ...pair, apiHash: cipher.encrypt(pair.apiId, apiHash) }],
      skipDuplicates: true,
      select: { id: true },
    });
    return row ?? "api_pair_known";
  },

  /** @throws HeraldError `api_pair_capacity` when it holds more sessions than it shall have seats */
  async update(id, change) {
    try {
      await tx.apiPair.update({ where: { id }, data: change });
    } catch (error) {
      if (!isRefusedBy(error, "api_pairs_seats")) throw error;
      throw new HeraldError(
        "api_pair_capacity",
        "This API pair holds more sessions than that. Release some of them first.",
        { field: "capacity" },
      );
    }
  },

  /** @throws HeraldError `api_pair_in_use` while sessions hold it */
  async remove(id) {
    if ((await tx.session.count({ where: { apiPairId: id } })) > 0)
      throw new HeraldError("api_pair_in_use", "Sessions use this API pair. Release them first; nothing was changed.");
    await tx.apiPair.deleteMany({ where: { id } });
  },
});
