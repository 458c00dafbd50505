import { expect, test } from "vitest";
import { HeraldError } from "../model/error.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { patiently } from "./patiently.ts";

const AWAY = new HeraldError("database_unavailable", "away");

/** Work that throws these, one after the other, and is done then. */
function working(...errors: Error[]) {
  const clock = new FakeClock();
  const stop = new AbortController();
  const triedAt: number[] = [];
  const work = async () => {
    triedAt.push(clock.monotonic());
    const error = errors.shift();
    if (error !== undefined) throw error;
    return "done";
  };
  return { clock, stop, triedAt, done: () => patiently(clock, stop.signal, work) };
}

test("what can be done is done once", async () => {
  const { triedAt, done } = working();
  expect(await done()).toBe("done");
  expect(triedAt).toEqual([0]);
});

test("while PostgreSQL is away it is tried twice a second", async () => {
  const { clock, triedAt, done } = working(AWAY, AWAY, AWAY);
  expect(await clock.run(done())).toBe("done");
  expect(triedAt).toEqual([0, 500, 1000, 1500]);
});

test.each([new HeraldError("not_found", "gone"), Object.assign(new Error("ours"), { code: AWAY.code })])(
  "any other error is thrown at once: %s",
  async (error) => {
    const { triedAt, done } = working(error);
    await expect(done()).rejects.toBe(error);
    expect(triedAt).toEqual([0]);
  },
);

test("nothing is waited for when it was told to end: the refusal is thrown", async () => {
  const { stop, triedAt, done } = working(AWAY);
  stop.abort();
  await expect(done()).rejects.toBe(AWAY);
  expect(triedAt).toEqual([0]);
});

test("told to end while it waits, it tries no more", async () => {
  const { clock, stop, triedAt, done } = working(AWAY);
  const refused = expect(done()).rejects.toBe(AWAY);
  await clock.advance(499);
  stop.abort();
  await refused;
  expect(triedAt).toEqual([0]);
});
