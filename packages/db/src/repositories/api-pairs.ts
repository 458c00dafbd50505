import { type ApiPairRepository, HeraldError, type Seal } from "@herald/core";
import { isRefusedBy } from "../errors.ts";
import type { PrismaTransaction } from "../prisma.ts";

/** What a sealed api_hash is bound to. */
const contextOf = (apiId: number) => `api_id ${apiId}`;

const pairs = async (tx: PrismaTransaction, where: { id?: { in: string[] } } = {}) => {
  const rows = await tx.apiPair.findMany({
    where,
    orderBy: [{ addedAt: "asc" }, { id: "asc" }],
    include: { _count: { select: { sessions: true } } },
  });
  return rows.map(({ _count, ...pair }) => ({ ...pair, used: _count.sessions }));
};

export const apiPairs = (tx: PrismaTransaction, seal: Seal): ApiPairRepository => ({
  async list(options) {
    if (options?.forUpdate) await tx.$queryRaw`SELECT FROM api_pairs ORDER BY id FOR UPDATE`;
    return pairs(tx);
  },

  async lockSeats(count) {
    const locked = await tx.$queryRaw<Array<{ id: string }>>`SELECT id FROM herald_lock_seats(${count}::int) AS id`;
    return pairs(tx, { id: { in: locked.map(({ id }) => id) } });
  },

  async credentials(id) {
    const pair = await tx.apiPair.findUniqueOrThrow({ where: { id }, select: { apiId: true, apiHash: true } });
    const opened = seal.open(contextOf(pair.apiId), pair.apiHash);
    return opened.ok ? { apiId: pair.apiId, apiHash: Buffer.from(opened.plain).toString("utf8") } : null;
  },

  async add({ apiHash, ...pair }) {
    const [row] = await tx.apiPair.createManyAndReturn({
      data: [{ ...pair, apiHash: seal.seal(contextOf(pair.apiId), Buffer.from(apiHash)) }],
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

  async missingKeys() {
    const pairs = await tx.apiPair.findMany({ select: { apiId: true, apiHash: true } });
    return pairs.flatMap(({ apiId, apiHash }) => {
      const opened = seal.open(contextOf(apiId), apiHash);
      return opened.ok ? [] : (opened.missingKey ?? []);
    });
  },

  async reseal(id) {
    await tx.$queryRaw`SELECT FROM api_pairs WHERE id = ${id}::uuid FOR UPDATE`;
    const pair = await tx.apiPair.findUnique({ where: { id }, select: { apiId: true, apiHash: true } });
    if (pair === null || seal.isCurrent(pair.apiHash)) return false;
    const opened = seal.open(contextOf(pair.apiId), pair.apiHash);
    if (!opened.ok) return { reason: opened.reason };
    await tx.apiPair.update({ where: { id }, data: { apiHash: seal.seal(contextOf(pair.apiId), opened.plain) } });
    return true;
  },
});
