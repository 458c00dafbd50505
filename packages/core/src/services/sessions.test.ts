import { beforeEach, expect, test } from "vitest";
import type { AuditEntry } from "../model/audit.ts";
import type { Session } from "../model/domain.ts";
import { HeraldError } from "../model/error.ts";
import type { Refusal } from "../model/outcome.ts";
import { SessionLeases } from "../pool/session-leases.ts";
import type {
  ApiPairRepository,
  Gateway,
  Hashes,
  SessionFiles,
  SessionRepository,
  TelegramClient,
  Transaction,
} from "../ports/index.ts";
import { aSession } from "../testing/fake-bots.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { only } from "../testing/only.ts";
import type { Dependencies } from "./dependencies.ts";
import { sessionService } from "./sessions.ts";

const admin = { kind: "system", name: "tests" } as const;
const DEAD: Refusal = { kind: "session_dead", cause: "spam", code: "USER_DEACTIVATED_BAN" };
const BUSY: Refusal = { kind: "unknown", code: "NO_CONNECTION" };

/** The pool in memory, with several engines on it, and a Telegram that answers when the test lets it. */
class Pool {
  rows = new Map<string, Session & { fingerprint: string }>();
  files = new Map<string, string>();
  audited: AuditEntry[] = [];
  /** keys that are connected now, one entry a connection, and every one that ever was */
  connected: string[] = [];
  everConnected: string[] = [];
  /** what Telegram answers, key by key; an account of that name otherwise */
  answers = new Map<string, Refusal>();
  /** Telegram answers nobody before it */
  gate = Promise.withResolvers<void>();
  #holders = new Map<string, string>();
  #ids = 0;

  engine(engineId: string) {
    const clock = new FakeClock();
    const leases = new SessionLeases(
      {
        acquire: async (id, engine) => {
          if ((this.#holders.get(id) ?? engine) !== engine) return null;
          this.#holders.set(id, engine);
          return 1n;
        },
        renew: async (_, held) => new Set(held.map(({ sessionId }) => sessionId)),
        release: async (_, id) => void this.#holders.delete(id),
      },
      clock,
      engineId,
    );
    return sessionService(
      only<Dependencies>({
        views: only({}),
        clock,
        leases,
        random: { int64: () => 1n, token: () => "", uuid: () => `id ${++this.#ids}` },
        hashes: only<Hashes>({ sha256: (key) => Buffer.from(key).toString() }),
        sessionReader: {
          read: ({ content }) => ({
            ok: true,
            format: "tests",
            secret: { dcId: 2, host: null, port: null, authKey: content },
          }),
        },
        sessionFiles: only<SessionFiles>({
          put: async (id) => void this.files.set(id, "unsettled"),
          settle: async (id) => void this.files.set(id, "unused"),
          unsettle: async (id) => void this.files.set(id, "unsettled"),
          remove: async (id) => void this.files.delete(id),
          move: async (id, place) => void this.files.set(id, place),
          read: async (id) => ({
            dcId: 2,
            host: null,
            port: null,
            authKey: Buffer.from(this.rows.get(id)?.fingerprint ?? ""),
          }),
        }),
        store: { transaction: (work) => work(this.#tx) },
        gateway: { connect: (account, options) => this.#connect(account.secret.authKey, options.mayUse) },
      }),
    );
  }

  async #connect(authKey: Uint8Array, mayUse: () => boolean): ReturnType<Gateway["connect"]> {
    const key = Buffer.from(authKey).toString();
    expect(mayUse()).toBe(true);
    this.connected.push(key);
    this.everConnected.push(key);
    const close = () => void this.connected.splice(this.connected.indexOf(key), 1);
    await this.gate.promise;
    const answer = this.answers.get(key);
    if (answer !== undefined) {
      close();
      return answer;
    }
    const account = { userId: key, username: key, firstName: null, phone: null };
    const client = only<TelegramClient>({ me: async () => ({ kind: "me", account }), close: async () => close() });
    return { kind: "connected", client };
  }

  change(id: string, change: Partial<Session>): void {
    const row = this.rows.get(id);
    if (row !== undefined) this.rows.set(id, { ...row, ...change });
  }

  readonly #tx = only<Transaction>({
    sessions: only<SessionRepository>({
      find: async (id) => this.rows.get(id) ?? null,
      add: async ({ fingerprint, ...session }) => {
        if ([...this.rows.values()].some((row) => row.fingerprint === fingerprint)) return "session_known";
        const unused = { place: "unused", userId: null, apiPairId: null, needsAdmin: true } as const;
        const row = { ...aSession(session.id, { ...session, ...unused }), fingerprint };
        this.rows.set(session.id, row);
        return row;
      },
      identify: async (id, account) => {
        if ([...this.rows.values()].some((row) => row.id !== id && row.telegramUserId === account.telegramUserId))
          throw new HeraldError("session_known", "twice");
        this.change(id, account);
      },
      setFree: async (id) => this.change(id, { place: "unused", needsAdmin: false, reason: null, code: null }),
      remove: async (id) => void this.rows.delete(id),
      ban: async (id, { reason, code, at }) =>
        this.change(id, { place: "banned", needsAdmin: false, bannedAt: at, reason, code }),
      stayBanned: async (id, why) => this.change(id, why),
    }),
    apiPairs: only<ApiPairRepository>({
      list: async () => [{ id: "pair", apiId: 1, label: null, capacity: 7, addedAt: new Date(0), used: 0 }],
      credentials: async () => ({ apiId: 1, apiHash: "" }),
    }),
    audit: async (entry) => void this.audited.push(entry),
    poolChanged: async () => {},
    changed: async () => {},
  });
}

let pool: Pool;
beforeEach(() => {
  pool = new Pool();
});
const files = (...keys: string[]) => ({
  files: keys.map((key, index) => ({ name: `${index}.txt`, content: Buffer.from(key).toString("base64") })),
});

/** Every promise that can be settled without Telegram is. */
const settled = () => new Promise(setImmediate);

test("two copies of a key in one upload, and the same from another admin at once, are one connection", async () => {
  const [here, there] = [pool.engine("one"), pool.engine("two")];
  const uploads = [here.upload(admin, files("ada", "ada", "bob")), there.upload(admin, files("ada"))];
  await settled();
  expect(pool.connected).toEqual(["ada", "bob"]);
  // while it is tried nobody may take it, wake it, remove it or upload it anew
  const [tried] = [...pool.rows.values()].filter(({ fingerprint }) => fingerprint === "ada");
  expect(tried).toMatchObject({ place: "unused", needsAdmin: true, code: "BEING_CHECKED" });
  await expect(there.remove(admin, tried?.id ?? "")).rejects.toMatchObject({ code: "session_in_use" });
  await expect(here.remove(admin, tried?.id ?? "")).rejects.toMatchObject({ code: "session_in_use" });
  await expect(there.wake(admin, tried?.id ?? "")).rejects.toMatchObject({ code: "session_in_use" });
  pool.gate.resolve();
  const results = (await Promise.all(uploads)).flat();
  expect(results.map(({ status }) => status)).toEqual(["added", "refused", "added", "refused"]);
  expect(results[0]).toMatchObject({ label: "@ada", checked: true, message: null });
  expect(results[3]).toMatchObject({ code: "session_known" });
  expect(pool.everConnected).toEqual(["ada", "bob"]);
  expect([...pool.rows.values()].map(({ label, needsAdmin }) => [label, needsAdmin])).toEqual([
    ["@ada", false],
    ["@bob", false],
  ]);
  expect(pool.audited).toMatchObject([
    { action: "session.add", after: { label: "@ada" } },
    { action: "session.add", after: { label: "@bob" } },
  ]);
  expect([...pool.files.values()]).toEqual(["unused", "unused"]);
  // its lease is free again
  await there.remove(admin, tried?.id ?? "");
  expect(pool.rows.size).toBe(1);
});

test("a key that is dead leaves neither row nor file, one that could not be tried stays unchecked", async () => {
  pool.gate.resolve();
  pool.answers.set("dead", DEAD).set("busy", BUSY);
  const results = await pool.engine("one").upload(admin, files("dead", "busy"));
  expect(results).toMatchObject([
    { status: "refused", code: "session_dead", message: expect.stringContaining("banned this account for spam") },
    { status: "added", label: "1", checked: false, message: expect.stringContaining("NO_CONNECTION") },
  ]);
  expect([...pool.rows.values()]).toMatchObject([{ label: "1", needsAdmin: false, code: null }]);
  expect([...pool.files.values()]).toEqual(["unused"]);
  expect(pool.connected).toEqual([]);
});

test("another key of an account that the pool has leaves nothing", async () => {
  pool.gate.resolve();
  const engine = pool.engine("one");
  await engine.upload(admin, files("ada"));
  const [row] = [...pool.rows.values()];
  if (row !== undefined) pool.rows.set(row.id, { ...row, fingerprint: "an older key" });
  expect(await engine.upload(admin, files("ada"))).toMatchObject([{ status: "refused", code: "session_known" }]);
  expect([pool.rows.size, pool.files.size]).toEqual([1, 1]);
});

/** One account in the pool, changed as a test wants it. */
async function anAccount(change: Partial<Session>) {
  const engine = pool.engine("one");
  pool.gate.resolve();
  await engine.upload(admin, files("ada"));
  const [id = ""] = pool.rows.keys();
  pool.change(id, change);
  pool.audited = [];
  pool.everConnected = [];
  return { engine, id };
}
const banned = { place: "banned", reason: "it is signed out", code: "AUTH_KEY_UNREGISTERED" } as const;

test("a banned account that Telegram accepts is unused again, tried by one at a time", async () => {
  const { engine, id } = await anAccount(banned);
  pool.gate = Promise.withResolvers();
  const first = engine.retry(admin, id);
  await settled();
  for (const other of [engine, pool.engine("two")])
    expect(await other.retry(admin, id)).toMatchObject({
      found: "not_tried",
      message: expect.stringContaining("one may use it at a time"),
    });
  expect(pool.rows.get(id)).toMatchObject(banned);
  pool.gate.resolve();
  expect(await first).toEqual({ found: "alive", message: "Telegram accepts @ada: it is ready for a bot again." });
  expect(pool.everConnected).toEqual(["ada"]);
  expect(pool.rows.get(id)).toMatchObject({ place: "unused", reason: null, code: null });
  expect(pool.files.get(id)).toBe("unused");
  expect(pool.audited).toMatchObject([
    {
      action: "session.retry",
      before: { place: "banned", code: "AUTH_KEY_UNREGISTERED" },
      after: { place: "unused", code: null },
    },
  ]);
  await expect(engine.retry(admin, id)).rejects.toMatchObject({ code: "session_in_use" });
});

test("a banned account that is dead stays banned, for what Telegram says now; without an answer nothing changes", async () => {
  const { engine, id } = await anAccount(banned);
  pool.answers.set("ada", BUSY);
  expect(await engine.retry(admin, id)).toMatchObject({ found: "not_tried" });
  expect([pool.rows.get(id)?.code, pool.audited]).toEqual(["AUTH_KEY_UNREGISTERED", []]);
  pool.answers.set("ada", DEAD);
  expect(await engine.retry(admin, id)).toEqual({
    found: "dead",
    message: "@ada cannot be used: Telegram has banned this account for spam.",
  });
  expect(pool.rows.get(id)).toMatchObject({ place: "banned", code: "USER_DEACTIVATED_BAN" });
  expect(pool.files.get(id)).toBe("banned");
});

test("what a crash left in its first trial is tried again, and banned when it is dead", async () => {
  const { engine, id } = await anAccount({ needsAdmin: true, code: "BEING_CHECKED" });
  pool.answers.set("ada", DEAD);
  expect(await engine.retry(admin, id)).toMatchObject({ found: "dead" });
  expect(pool.rows.get(id)).toMatchObject({ place: "banned", needsAdmin: false, code: "USER_DEACTIVATED_BAN" });
  pool.answers.clear();
  expect(await engine.retry(admin, id)).toMatchObject({ found: "alive" });
});
