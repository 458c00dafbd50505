import type { UserRepository } from "@herald/core";
import type { PrismaTransaction } from "../prisma.ts";
import { fromPlan, toUser } from "../rows.ts";
import { isId } from "../text.ts";

export const users = (tx: PrismaTransaction): UserRepository => ({
  async find(id) {
    const row = isId(id) ? await tx.user.findUnique({ where: { id } }) : null;
    return row && toUser(row);
  },

  async list() {
    return (await tx.user.findMany({ orderBy: { createdAt: "asc" } })).map(toUser);
  },

  async credentials(of) {
    if ("id" in of && !isId(of.id)) return null;
    const row = await tx.user.findUnique({ where: of, omit: { passwordHash: false } });
    return row && { user: toUser(row), passwordHash: row.passwordHash };
  },

  async create({ plan, email, ...user }) {
    const [row] = await tx.user.createManyAndReturn({
      data: [{ ...user, email: email.toLowerCase(), ...fromPlan(plan) }],
      skipDuplicates: true,
    });
    return row ? toUser(row) : "email_taken";
  },

  async update(id, { plan, ...change }) {
    await tx.user.update({ where: { id }, data: { ...change, ...(plan === undefined ? {} : fromPlan(plan)) } });
  },

  /** FOR SHARE: an update of the row waits for the sign-in, and the sign-in for an update. */
  async lockForSignIn(id, passwordHash) {
    const rows = await tx.$queryRaw<unknown[]>`
      SELECT FROM users WHERE id = ${id}::uuid AND password_hash = ${passwordHash} AND NOT disabled FOR SHARE`;
    return rows.length === 1;
  },

  /** The lock first and the rows after it: a statement that waited would show them as they were when it began. */
  async lockAdmins() {
    await tx.$queryRaw`SELECT FROM users WHERE role = 'admin' ORDER BY id FOR NO KEY UPDATE`;
    return (await tx.user.findMany({ where: { role: "admin" }, orderBy: { id: "asc" } })).map(toUser);
  },
});
