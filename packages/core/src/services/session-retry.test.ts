import { beforeEach, expect, test } from "vitest";
import type { Session } from "../model/domain.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { ADMIN, BUSY, DEAD, FakePool, FLOOD, LIMITED, settled, uploadAll } from "../testing/fake-pool.ts";

let pool: FakePool;
beforeEach(() => {
  pool = new FakePool();
});

/** One account in the pool, changed as a test wants it. */
async function anAccount(change: Partial<Session>) {
  const engine = pool.engine("one");
  pool.gate.resolve();
  await uploadAll(engine, "ada");
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
  const first = engine.retry(ADMIN, id);
  await settled();
  for (const other of [engine, pool.engine("two")])
    expect(await other.retry(ADMIN, id)).toMatchObject({
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
  await expect(engine.retry(ADMIN, id)).rejects.toMatchObject({ code: "session_in_use" });
});

test("a banned account that is dead stays banned, for what Telegram says now; without an answer nothing changes", async () => {
  const { engine, id } = await anAccount(banned);
  pool.answers.set("ada", BUSY);
  expect(await engine.retry(ADMIN, id)).toMatchObject({ found: "not_tried" });
  expect([pool.rows.get(id)?.code, pool.audited]).toEqual(["AUTH_KEY_UNREGISTERED", []]);
  pool.answers.set("ada", DEAD);
  expect(await engine.retry(ADMIN, id)).toEqual({
    found: "dead",
    message: "@ada cannot be used: Telegram has banned this account for spam.",
  });
  expect(pool.rows.get(id)).toMatchObject({ place: "banned", code: "USER_DEACTIVATED_BAN" });
  expect(pool.files.get(id)).toBe("banned");
});

test("what a crash left in its first trial is tried again, and banned when it is dead", async () => {
  const { engine, id } = await anAccount({ needsAdmin: true, code: "BEING_CHECKED" });
  pool.answers.set("ada", DEAD);
  expect(await engine.retry(ADMIN, id)).toMatchObject({ found: "dead" });
  expect(pool.rows.get(id)).toMatchObject({ place: "banned", needsAdmin: false, code: "USER_DEACTIVATED_BAN" });
  pool.answers.clear();
  expect(await engine.retry(ADMIN, id)).toMatchObject({ found: "alive" });
});

test("a banned account that Telegram knows and wants to rest is in the pool again, at rest", async () => {
  const clock = new FakeClock();
  const until = new Date(clock.now().getTime() + 240_000);
  const { id } = await anAccount(banned);
  pool.answers.set("ada", FLOOD);
  expect(await pool.engine("two", clock).retry(ADMIN, id)).toEqual({
    found: "resting",
    message:
      "@ada is in the pool again, and no bot gets it yet. It rests for 4 min: Telegram asked this account to pause.",
  });
  expect(pool.rows.get(id)).toMatchObject({ place: "unused", restingUntil: until, code: "FLOOD_WAIT_240" });
  pool.change(id, { ...banned });
  pool.answers.set("ada", LIMITED);
  expect(await pool.engine("two", clock).retry(ADMIN, id)).toMatchObject({ found: "resting" });
  expect(pool.rows.get(id)).toMatchObject({ place: "unused", needsAdmin: true, code: "PEER_FLOOD" });
});

test("a file that cannot follow leaves the answer as it is", async () => {
  const { engine, id } = await anAccount(banned);
  pool.isFull = true;
  expect(await engine.retry(ADMIN, id)).toMatchObject({ found: "alive" });
  expect(pool.rows.get(id)).toMatchObject({ place: "unused" });
  expect(pool.faults).toEqual([new Error("EACCES")]);
});
