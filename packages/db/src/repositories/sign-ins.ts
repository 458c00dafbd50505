import type { SignInRepository } from "@herald/core";
import type { PrismaTransaction } from "../prisma.ts";
import { toSignIn, toUser } from "../rows.ts";
import { isId, storable } from "../text.ts";

/** What is kept of what a browser and its network say, in characters: more than any honest one has. */
const MOST_USER_AGENT = 400;
const MOST_ADDRESS = 64;

const cut = (text: string | null, most: number) => text && storable(storable(text).slice(0, most));

export const signIns = (tx: PrismaTransaction): SignInRepository => ({
  async find(id) {
    const row = isId(id) ? await tx.signIn.findUnique({ where: { id }, include: { user: true } }) : null;
    return row && { signIn: toSignIn(row), user: toUser(row.user) };
  },

  async add({ userId, at, expiresAt, userAgent, address }) {
    const times = { createdAt: at, lastSeenAt: at, expiresAt };
    const said = { userAgent: cut(userAgent, MOST_USER_AGENT), address: cut(address, MOST_ADDRESS) };
    return toSignIn(await tx.signIn.create({ data: { userId, ...times, ...said } }));
  },

  async end({ userId, only, except }, at) {
    if (only !== undefined && !isId(only)) return [];
    const rows = await tx.signIn.updateManyAndReturn({
      where: {
        userId,
        endedAt: null,
        expiresAt: { gt: at },
        ...(only === undefined ? {} : { id: only }),
        ...(except === undefined ? {} : { id: { not: except } }),
      },
      data: { endedAt: at },
    });
    return rows.map(toSignIn);
  },

  /** Where another request is writing the same note, there is none to write. */
  async seen(id, at) {
    await tx.$executeRaw`
      UPDATE sign_ins SET last_seen_at = ${at}::timestamptz WHERE id = (
        SELECT id FROM sign_ins
        WHERE id = ${id}::uuid AND last_seen_at <= ${at}::timestamptz - interval '1 minute'
        FOR NO KEY UPDATE SKIP LOCKED)`;
  },
});
