import { beforeEach, expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { ADMIN, BUSY, DEAD, FakePool, FLOOD, LIMITED, settled, uploadAll } from "../testing/fake-pool.ts";

let pool: FakePool;
beforeEach(() => {
  pool = new FakePool();
});

test("two copies of a key at once, and the same from another admin at once, are one connection", async () => {
  const [here, there] = [pool.engine("one"), pool.engine("two")];
  const uploads = [uploadAll(here, "ada", "ada", "bob"), uploadAll(there, "ada")];
  await settled();
  expect(pool.connected).toEqual(["ada", "bob"]);
  // while it is tried nobody may take it, wake it, remove it or upload it anew
  const [tried] = [...pool.rows.values()].filter(({ fingerprint }) => fingerprint === "ada");
  expect(tried).toMatchObject({ place: "unused", needsAdmin: true, code: "BEING_CHECKED" });
  await expect(there.remove(ADMIN, tried?.id ?? "")).rejects.toMatchObject({ code: "session_in_use" });
  await expect(here.remove(ADMIN, tried?.id ?? "")).rejects.toMatchObject({ code: "session_in_use" });
  await expect(there.wake(ADMIN, tried?.id ?? "")).rejects.toMatchObject({ code: "session_in_use" });
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
  await there.remove(ADMIN, tried?.id ?? "");
  expect(pool.rows.size).toBe(1);
});

test("a key that is dead leaves neither row nor file, one that could not be tried stays unchecked", async () => {
  pool.gate.resolve();
  pool.answers.set("dead", DEAD).set("busy", BUSY);
  const results = await uploadAll(pool.engine("one"), "dead", "busy");
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
  await uploadAll(engine, "ada");
  const [row] = [...pool.rows.values()];
  if (row !== undefined) pool.rows.set(row.id, { ...row, fingerprint: "an older key" });
  expect(await uploadAll(engine, "ada")).toMatchObject([{ status: "refused", code: "session_known" }]);
  expect([pool.rows.size, pool.files.size]).toEqual([1, 1]);
});

test("an account that Telegram wants to rest comes to the pool at rest, and the answer says so", async () => {
  pool.gate.resolve();
  pool.answers.set("flood", FLOOD).set("limited", LIMITED);
  const clock = new FakeClock();
  const until = new Date(clock.now().getTime() + 240_000);
  const [flood, limited] = await uploadAll(pool.engine("one", clock), "flood", "limited");
  expect(flood).toMatchObject({
    status: "added",
    checked: false,
    rest: { until: until.toISOString() },
    message: "It rests for 4 min: Telegram asked this account to pause.",
  });
  expect(limited).toMatchObject({
    status: "added",
    checked: false,
    rest: { until: null },
    message: expect.stringMatching(/^It rests until an admin has looked at it: Telegram limits this account/),
  });
  expect([...pool.rows.values()]).toMatchObject([
    { place: "unused", restingUntil: until, needsAdmin: false, code: "FLOOD_WAIT_240" },
    { place: "unused", restingUntil: null, needsAdmin: true, code: "PEER_FLOOD" },
  ]);
});

test("a fault with one file hides no other's result", async () => {
  pool.gate.resolve();
  const fault = new Error("a fault");
  pool.broken.set("bad", fault);
  const results = await uploadAll(pool.engine("one"), "ada", "bad", "bob");
  expect(results).toMatchObject([
    { status: "added", name: "0.txt" },
    { status: "failed", name: "1.txt", code: "interrupted", message: expect.stringContaining("list of accounts") },
    { status: "added", name: "2.txt" },
  ]);
  expect(pool.faults).toEqual([fault]);
});

test("when the database goes away, nothing is said to be in the pool, and what waits its turn is not tried", async () => {
  const upload = uploadAll(pool.engine("one"), "a", "b", "c", "d", "e", "f", "g");
  await settled();
  expect(pool.connected).toHaveLength(5);
  pool.isAway = true;
  pool.gate.resolve();
  for (const result of await upload)
    expect(result).toMatchObject({
      status: "failed",
      code: "interrupted",
      message: expect.stringContaining("database could not be reached"),
    });
  expect(pool.everConnected).toHaveLength(5);
  expect([pool.rows.size, pool.faults.length]).toEqual([5, 0]);
});

test("a file that does not follow its row is a fault to be told, and changes no result", async () => {
  pool.gate.resolve();
  pool.isFull = true;
  pool.answers.set("dead", DEAD);
  const engine = pool.engine("one");
  expect(await uploadAll(engine, "ada", "dead", "ada")).toMatchObject([
    { status: "added", checked: true },
    { status: "refused", code: "session_dead" },
    { status: "refused", code: "session_known" },
  ]);
  // settled twice, removed twice
  expect(pool.faults).toEqual(Array(4).fill(new Error("EACCES")));
  const [id = ""] = pool.rows.keys();
  expect(await engine.remove(ADMIN, id)).toEqual({ removed: true });
  expect([pool.rows.size, pool.faults.length]).toEqual([0, 5]);
});
