import type { SessionFiles, SessionSeal } from "@herald/core";
import { reaching } from "./errors.ts";
import type { Prisma } from "./prisma.ts";

/** Rows of some 400 bytes that are in memory at once. */
const READ_AT_ONCE = 1_000;

/**
 * The session files as rows, sealed, for engines on several machines. Where a session stands is told by its own row alone,
 * so nothing moves.
 */
export function createSessionRows(prisma: Prisma, seal: SessionSeal): SessionFiles {
  return {
    async put(sessionId, secret) {
      const sealed = Buffer.from(seal.seal(sessionId, secret));
      await reaching(() =>
        prisma.sessionFile.upsert({ where: { sessionId }, create: { sessionId, sealed }, update: { sealed } }),
      );
    },
    async read(sessionId) {
      const row = await reaching(() => prisma.sessionFile.findUnique({ where: { sessionId } }));
      if (row === null) throw new Error(`The file of session ${sessionId} is not in the database.`);
      return seal.open(sessionId, row.sealed);
    },
    // a file and its session stand in one database: which of the two is missing is told by the rows
    unsettle: async () => {},
    settle: async () => {},
    unsettled: () =>
      reaching(async () => {
        const rows = await prisma.$queryRaw<Array<{ sessionId: string }>>`
          SELECT session_id AS "sessionId" FROM session_files f
          WHERE NOT EXISTS (SELECT FROM sessions WHERE id = f.session_id)`;
        return rows.map(({ sessionId }) => sessionId);
      }),
    async move(sessionId) {
      const there = await reaching(() => prisma.sessionFile.count({ where: { sessionId } }));
      if (there === 0) throw new Error(`The file of session ${sessionId} is not in the database.`);
    },
    async missingKeys(sessionIds) {
      const missing: string[] = [];
      for (let from = 0; from < sessionIds.length; from += READ_AT_ONCE) {
        const sessionId = { in: sessionIds.slice(from, from + READ_AT_ONCE) };
        const rows = await reaching(() => prisma.sessionFile.findMany({ where: { sessionId } }));
        missing.push(...rows.flatMap((row) => seal.missingKey(row.sessionId, row.sealed) ?? []));
      }
      return missing;
    },
    async reseal(sessionId) {
      for (;;) {
        const row = await reaching(() => prisma.sessionFile.findUnique({ where: { sessionId } }));
        if (row === null) throw new Error(`The file of session ${sessionId} is not in the database.`);
        const sealed = seal.reseal(sessionId, row.sealed);
        if (sealed === null) return false;
        // unless it was written meanwhile: then it is looked at again
        const { count } = await reaching(() =>
          prisma.sessionFile.updateMany({
            where: { sessionId, sealed: row.sealed },
            data: { sealed: Buffer.from(sealed) },
          }),
        );
        if (count > 0) return true;
      }
    },
    async remove(sessionId) {
      await reaching(() => prisma.sessionFile.deleteMany({ where: { sessionId } }));
    },
  };
}
