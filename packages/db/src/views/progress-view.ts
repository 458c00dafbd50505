import type { Views } from "@herald/core";
import type { Prisma } from "../prisma.ts";
import { newestCycle, slotsOf, statsOf, toLogEntry } from "./dto.ts";

/** What a page follows while a bot posts. */
export const progressView = (prisma: Prisma): Pick<Views, "progress"> => ({
  async progress(userId, { deliveryIds, logIds }) {
    const [cycle, stats, lines] = await Promise.all([
      newestCycle(prisma, userId),
      statsOf(prisma, userId),
      logIds.length === 0
        ? []
        : prisma.botLog.findMany({ where: { userId, id: { in: logIds.map(BigInt) } }, orderBy: { id: "desc" } }),
    ]);
    const slots = () => {
      if (deliveryIds !== "all")
        return deliveryIds.length === 0 ? [] : slotsOf(prisma, userId, { id: { in: deliveryIds.map(BigInt) } });
      return cycle === null ? [] : slotsOf(prisma, userId, { cycleId: cycle.id });
    };
    return { cycle, slots: await slots(), stats, log: lines.map(toLogEntry) };
  },
});
