import { describe, expect, test } from "vitest";
import type { Session } from "../model/domain.ts";
import { HeraldError } from "../model/error.ts";
import type { Refusal } from "../model/outcome.ts";
import { SessionLeases } from "../pool/session-leases.ts";
import type {
  Hashes,
  SessionChatRepository,
  SessionFiles,
  SessionRepository,
  Transaction,
  Views,
} from "../ports/index.ts";
import { aSession, FakeBots } from "../testing/fake-bots.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { FakeTelegram } from "../testing/fake-telegram.ts";
import { only } from "../testing/only.ts";
import type { Dependencies } from "./dependencies.ts";
import { sessionService } from "./sessions.ts";

const ROOT = { kind: "admin", id: "root", name: "Root" } as const;
const UNUSED = { place: "unused", userId: null, apiPairId: null } as const;
const BANNED = { ...UNUSED, place: "banned", reason: "it is signed out", code: "AUTH_KEY_UNREGISTERED" } as const;
const AWAY = new HeraldError("database_unavailable", "away");

/** One account of the pool, and an admin's service over it. Telegram lets it in as account 77 unless told otherwise. */
function scene(more: Partial<Session> = {}) {
  const bots = new FakeBots();
  const clock = new FakeClock();
  const telegram = new FakeTelegram(clock);
  bots.sessions = [aSession("a", more)];
  telegram.accounts.set("a", { userId: "77", username: null, firstName: "Ada", phone: null });
  /** what was done, in order */
  const done: string[] = [];
  /** thrown when this is done next */
  const faults = new Map<string, unknown>();
  const act = (what: string) => {
    done.push(what);
    const fault = faults.get(what);
    faults.delete(what);
    if (fault !== undefined) throw fault;
  };
  const another = { held: false };
  const leases = new SessionLeases(
    {
      acquire: async () => (another.held ? null : 1n),
      renew: async (_, held) => new Set(held.map(({ sessionId }) => sessionId)),
      release: async () => void done.push("lease released"),
    },
    clock,
    "one",
  );
  const { rest, find } = bots.tx.sessions;
  const free = {
    place: "unused",
    needsAdmin: false,
    restingUntil: null,
    reason: null,
    code: null,
    bannedAt: null,
  } as const;
  const change = (id: string, to: Partial<Session>) => {
    bots.sessions = bots.sessions.map((session) => (session.id === id ? { ...session, ...to } : session));
  };
  const tx = only<Transaction>({
    sessions: only<SessionRepository>({
      find,
      rest,
      ban: bots.tx.sessions.ban,
      add: async ({ fingerprint: _, ...session }) => {
        act("row added");
        const added = aSession(session.id, { ...UNUSED, ...session, needsAdmin: true });
        bots.sessions.push(added);
        return added;
      },
      identify: async (id, account) => {
        act("identified");
        change(id, account);
      },
      setFree: async (id) => change(id, free),
      stayBanned: async (id, why) => change(id, why),
      remove: async (id) => {
        act("row removed");
        bots.sessions = bots.sessions.filter((session) => session.id !== id);
      },
    }),
    sessionChats: only<SessionChatRepository>({ reopen: async (id, code) => act(`${id} may try what said ${code}`) }),
    apiPairs: bots.tx.apiPairs,
    audit: bots.tx.audit,
    changed: async (userId, what) => void bots.changes.push(`${what} of ${userId}`),
    poolChanged: bots.tx.poolChanged,
  });
  const service = sessionService(
    only<Dependencies>({
      clock,
      leases,
      gateway: telegram,
      onFault: () => {},
      store: { transaction: (work) => work(tx) },
      views: only<Views>({ sessions: async () => [] }),
      hashes: only<Hashes>({ sha256: () => "fingerprint" }),
      random: { uuid: () => "new", int64: () => 1n, token: () => "" },
      sessionReader: {
        read: (content) =>
          content.length === 0
            ? { ok: false, reason: "It is empty." }
            : { ok: true, secret: { dcId: 2, host: "a", port: null, authKey: content } },
      },
      sessionFiles: only<SessionFiles>({
        put: async () => act("file put"),
        settle: async () => act("file settled"),
        unsettle: async () => act("file unsettled"),
        remove: async () => act("file removed"),
        move: async (_, place) => act(`file to ${place}`),
        read: async (id) => {
          act("file read");
          return { dcId: 2, host: id, port: null, authKey: new Uint8Array() };
        },
      }),
    }),
  );
  const answer = (refusal: Refusal) => void telegram.refusedConnections.set("a", [refusal]);
  return { bots, clock, telegram, done, faults, another, answer, service, row: () => bots.sessions[0] };
}
const facts = (place: Session["place"]) => ({
  ...{ label: "a", fileName: "a.session", username: null, phoneMasked: null, telegramUserId: null, place },
});

describe("an account that waits for an admin", () => {
  const limited = { needsAdmin: true, reason: "its messages were reported", code: "PEER_FLOOD" };

  test("is woken, tried again where it was refused for that, and its user's page hears of it", async () => {
    const { bots, done, service, row } = scene(limited);
    expect(await service.wake(ROOT, "a")).toEqual({ woken: true });
    expect(row()).toMatchObject({ needsAdmin: false, restingUntil: null, reason: null, code: null });
    expect(done).toEqual(["a may try what said PEER_FLOOD"]);
    expect(bots.audited).toEqual([
      {
        actor: ROOT,
        action: "session.wake",
        target: { kind: "session", id: "a" },
        userId: "user",
        before: limited,
        after: { needsAdmin: false, reason: null, code: null },
      },
    ]);
    expect(bots.changes).toEqual(["pool", "bot of user"]);
  });

  test("and nobody's is woken as well", async () => {
    const { bots, service, row } = scene({ ...limited, ...UNUSED, restingUntil: new Date("2030-01-02T00:00:00Z") });
    await service.wake(ROOT, "a");
    expect(row()).toMatchObject({ needsAdmin: false, restingUntil: null });
    expect(bots.audited).toMatchObject([{ userId: null, before: { restingUntil: "2030-01-02T00:00:00.000Z" } }]);
    expect(bots.changes).toEqual(["pool"]);
  });

  test("one that does not rest is woken by nobody", async () => {
    const { bots, done, service } = scene();
    await service.wake(ROOT, "a");
    expect([bots.audited, done]).toEqual([[], []]);
  });

  test("one that is banned stays so, and waking it is nobody's act", async () => {
    const { bots, service, row } = scene(BANNED);
    await service.wake(ROOT, "a");
    expect([row()?.place, bots.audited]).toEqual(["banned", []]);
  });

  test("one that is being tried, or is gone, is not woken", async () => {
    const { bots, service, row } = scene({ ...UNUSED, needsAdmin: true, code: "BEING_CHECKED" });
    await expect(service.wake(ROOT, "a")).rejects.toMatchObject({ code: "session_in_use" });
    expect([row()?.needsAdmin, bots.audited]).toEqual([true, []]);
    await expect(service.wake(ROOT, "gone")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("an account that is removed", () => {
  test("has its file set aside before its row goes, and is kept in the audit", async () => {
    const { bots, done, service } = scene(UNUSED);
    expect(await service.remove(ROOT, "a")).toEqual({ removed: true });
    expect(done).toEqual(["file unsettled", "row removed", "file removed", "lease released"]);
    expect(bots.audited).toEqual([
      {
        actor: ROOT,
        action: "session.remove",
        target: { kind: "session", id: "a" },
        userId: null,
        before: facts("unused"),
        after: null,
      },
    ]);
    expect(bots.changes).toEqual(["pool"]);
  });

  test("is banned or unused: one that works for a bot stays", async () => {
    const { bots, done, service } = scene();
    await expect(service.remove(ROOT, "a")).rejects.toMatchObject({ code: "session_in_use" });
    expect([bots.sessions.length, done]).toEqual([1, ["lease released"]]);
    const banned = scene(BANNED);
    await banned.service.remove(ROOT, "a");
    expect(banned.bots.sessions).toEqual([]);
  });

  test("is connected nowhere: one that somebody uses stays", async () => {
    const { bots, another, done, service } = scene(UNUSED);
    another.held = true;
    await expect(service.remove(ROOT, "a")).rejects.toMatchObject({ code: "session_in_use" });
    expect([bots.sessions.length, done]).toEqual([1, []]);
  });

  test("is there", async () => {
    const { done, service } = scene();
    await expect(service.remove(ROOT, "gone")).rejects.toMatchObject({ code: "not_found" });
    expect(done).toEqual([]);
  });
});

describe("an account that is tried again", () => {
  test.each<Partial<Session>>([{}, { code: "BEING_CHECKED", needsAdmin: true }, UNUSED])(
    "is banned, or was not tried to the end before a bot has it: %j is neither",
    async (more) => {
      const { telegram, service } = scene(more);
      await expect(service.retry(ROOT, "a")).rejects.toMatchObject({ code: "session_in_use" });
      expect(telegram.connections).toEqual([]);
    },
  );

  test("comes into the pool by what Telegram says it is", async () => {
    const { bots, done, service, row } = scene(BANNED);
    expect(await service.retry(ROOT, "a")).toMatchObject({ found: "alive" });
    expect(row()).toMatchObject({ place: "unused", label: "Ada", telegramUserId: "77", code: null });
    expect(done).toContain("file to unused");
    expect(bots.audited).toEqual([
      {
        actor: ROOT,
        action: "session.retry",
        target: { kind: "session", id: "a" },
        userId: null,
        before: { place: "banned", code: "AUTH_KEY_UNREGISTERED" },
        after: { place: "unused", code: null },
      },
    ]);
    expect(bots.changes).toEqual(["pool"]);
  });

  test("whose first trial finds it dead is banned since then", async () => {
    const { clock, answer, done, service, row } = scene({ ...UNUSED, needsAdmin: true, code: "BEING_CHECKED" });
    answer({ kind: "session_dead", cause: "lost", code: "SESSION_REVOKED" });
    expect(await service.retry(ROOT, "a")).toMatchObject({ found: "dead" });
    expect(row()).toMatchObject({ place: "banned", bannedAt: clock.now(), code: "SESSION_REVOKED" });
    expect(done).toContain("file to banned");
  });

  test("whose file cannot be read is not tried, and stays as it is", async () => {
    const { telegram, faults, service, row } = scene(BANNED);
    faults.set("file read", new Error("ENOENT"));
    expect(await service.retry(ROOT, "a")).toMatchObject({ found: "not_tried" });
    expect([row()?.code, telegram.connections]).toEqual([BANNED.code, []]);
    faults.set("file read", AWAY);
    await expect(service.retry(ROOT, "a")).rejects.toBe(AWAY);
  });

  test("that the pool has by another key stays banned", async () => {
    const { faults, bots, service, row } = scene(BANNED);
    faults.set("identified", new HeraldError("session_known", "twice"));
    expect(await service.retry(ROOT, "a")).toMatchObject({ found: "not_tried" });
    expect([row()?.place, bots.audited]).toEqual(["banned", []]);
    const fault = new Error("our fault");
    faults.set("identified", fault);
    await expect(service.retry(ROOT, "a")).rejects.toBe(fault);
  });

  test("that another admin decided on meanwhile is left to them", async () => {
    const { bots, telegram, service } = scene(BANNED);
    const client = telegram.client("a");
    Object.assign(telegram, {
      connect: async () => {
        bots.sessions = [aSession("a")];
        return { kind: "connected", client };
      },
    });
    await expect(service.retry(ROOT, "a")).rejects.toMatchObject({ code: "session_in_use" });
    expect(bots.sessions).toMatchObject([{ place: "assigned" }]);
  });
});

describe("an account that is uploaded", () => {
  const file = { name: "shop.session", content: Buffer.from("key") };

  test("has its file before its row, and is in the pool when it was tried", async () => {
    const { bots, done, service } = scene();
    bots.sessions = [];
    expect(await service.upload(ROOT, file)).toEqual({
      status: "added",
      name: "shop.session",
      sessionId: "new",
      label: "Ada",
      checked: true,
      rest: null,
      message: null,
    });
    expect(done).toEqual(["file put", "row added", "file settled", "identified", "lease released"]);
    expect(bots.audited).toMatchObject([
      { actor: ROOT, action: "session.add", userId: null, before: null, after: { label: "Ada", telegramUserId: "77" } },
    ]);
    expect(bots.changes).toEqual(["pool"]);
  });

  test.each(["shop.session", "shop.txt", "shop.TXT", "shop"])(
    "is called by its file until it was tried: %s",
    async (name) => {
      const { bots, answer, service } = scene();
      bots.sessions = [];
      answer({ kind: "unknown", code: "NO_CONNECTION" });
      const result = await service.upload(ROOT, { name, content: file.content });
      expect(result).toMatchObject({ status: "added", label: "shop", checked: false, message: expect.any(String) });
      expect(bots.sessions).toMatchObject([{ fileName: name, needsAdmin: false }]);
    },
  );

  test("is not tried without a seat on an API pair", async () => {
    const { bots, telegram, service } = scene();
    bots.pairs = [];
    const added = { status: "added", checked: false, message: expect.stringContaining("seat") };
    expect(await service.upload(ROOT, file)).toMatchObject(added);
    expect(telegram.connections).toEqual([]);
  });

  test("is not tried by an API pair that cannot be read, and its client is closed when it was tried", async () => {
    const { bots, telegram, service } = scene();
    const { credentials } = bots.tx.apiPairs;
    Object.assign(bots.tx.apiPairs, { credentials: async () => null });
    const added = { status: "added", checked: false, message: expect.stringContaining("SESSION_KEY") };
    expect(await service.upload(ROOT, file)).toMatchObject(added);
    expect(telegram.connections).toEqual([]);
    Object.assign(bots.tx.apiPairs, { credentials });
    bots.sessions = [];
    // Telegram lets it in, and does not say who it is
    telegram.accounts.clear();
    expect(await service.upload(ROOT, file)).toMatchObject({ status: "added", checked: false });
    expect([telegram.connections.length, telegram.closed]).toEqual([1, 1]);
    expect(telegram.connections[0]?.mayUse()).toBe(false);
  });

  test("is refused when its file says nothing", async () => {
    const { done, service } = scene();
    expect(await service.upload(ROOT, { name: "empty.txt", content: new Uint8Array() })).toEqual({
      status: "refused",
      name: "empty.txt",
      code: "session_format",
      message: "It is empty.",
    });
    expect(done).toEqual([]);
  });

  test("leaves no file when its row cannot be written; whether it was is not known while PostgreSQL is away", async () => {
    const { done, faults, service } = scene();
    faults.set("row added", new Error("our fault"));
    expect(await service.upload(ROOT, file)).toMatchObject({ status: "failed" });
    expect(done).toEqual(["file put", "row added", "file removed"]);
    faults.set("row added", AWAY);
    expect(await service.upload(ROOT, file)).toMatchObject({ status: "failed" });
    expect(done.slice(3)).toEqual(["file put", "row added"]);
  });

  test("that was removed while it was tried comes not back", async () => {
    const { bots, telegram, service } = scene();
    const client = telegram.client("a");
    Object.assign(telegram, {
      connect: async () => {
        bots.sessions = [];
        return { kind: "connected", client };
      },
    });
    expect(await service.upload(ROOT, file)).toMatchObject({ status: "failed" });
    expect([bots.sessions, bots.audited]).toEqual([[], []]);
  });
});
