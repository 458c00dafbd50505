import { randomBytes, randomUUID } from "node:crypto";
import { type Bot, HeraldError, type Seal, type Session, type User } from "@herald/core";
import { createTestDatabase } from "@herald/scripts/test-database";
import pg from "pg";
import { createDatabase, type Database, type DatabaseOptions } from "../src/index.ts";

/** Any reversible seal serves: what AES does is the vault's to prove. */
export const seal = (key: string): Seal => ({
  keyIds: [key],
  seal: (context, plain) =>
    new Uint8Array(Buffer.from(JSON.stringify([key, context, Buffer.from(plain).toString("hex")]))),
  open: (context, sealed) => {
    const [by, of, plain] = JSON.parse(Buffer.from(sealed).toString());
    return by === key && of === context
      ? { ok: true, plain: Buffer.from(plain, "hex") }
      : { ok: false, reason: `it needs ${by}`, missingKey: by };
  },
  isCurrent: (sealed) => JSON.parse(Buffer.from(sealed).toString())[0] === key,
});

/** A fresh database (or the one at `existing`) with the package over it, and the few rows that most tests begin with. */
export async function openWorld(options: Partial<DatabaseOptions> = {}, existing?: string) {
  const { url, drop } = existing === undefined ? await createTestDatabase() : { url: existing, drop: async () => {} };
  const opened: Database[] = [];
  const open = async (more: Partial<DatabaseOptions> = {}) => {
    const database = await createDatabase({
      url,
      seal: seal("a"),
      enqueue: async () => {},
      ...options,
      ...more,
    });
    opened.push(database);
    return database;
  };
  const database = await open();
  const { store } = database;
  const sql = new pg.Pool({ connectionString: url, max: 4 });
  sql.on("error", () => {}); // tests break connections
  return {
    url,
    database,
    store,
    /** For looking behind the scenes. */
    sql,
    /** Another engine's view of the same database. */
    open,
    user: (email = `${randomBytes(6).toString("hex")}@example.org`) =>
      store.transaction(async (tx): Promise<User & { bot: Bot }> => {
        const user = await tx.users.create({ email, name: "Ada", passwordHash: "x", role: "user", plan: null });
        if (user === "email_taken") throw new HeraldError("email_taken", email);
        return { ...user, bot: await tx.bots.lockOfUser(user.id) };
      }),
    session: (id: string = randomUUID()) =>
      store.transaction(async (tx): Promise<Session> => {
        const session = await tx.sessions.add({
          id,
          label: "account",
          fileName: "a.session",
          fingerprint: randomBytes(32).toString("hex"),
          reason: "it is being tried",
          code: "BEING_CHECKED",
        });
        if (session === "session_known") throw new HeraldError("session_known", "a fingerprint twice");
        await tx.sessions.setFree(id);
        return { ...session, needsAdmin: false, reason: null, code: null };
      }),
    /** Chats that some session has found. */
    chats: (ids: string[], title = (id: string) => `Chat ${id}`) =>
      sql.query("INSERT INTO chats (id, title) SELECT * FROM unnest($1::bigint[], $2::text[]) ON CONFLICT DO NOTHING", [
        ids,
        ids.map(title),
      ]),
    close: async () => {
      await sql.end();
      await Promise.all(opened.map((one) => one.close()));
      await drop();
    },
  };
}
