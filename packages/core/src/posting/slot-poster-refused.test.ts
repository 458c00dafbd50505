// What becomes of a lane whose account Telegram does not let in, or the post's channel does not.
import { expect, test } from "vitest";
import type { Refusal } from "../model/outcome.ts";
import { posterScene } from "../testing/poster-scene.ts";

const UNANSWERED: Refusal = { kind: "unknown", code: "TIMEOUT" };
const wait = (seconds: number): Refusal => ({ kind: "flood_wait", seconds, method: "any", code: "FLOOD_WAIT" });
const CLOSED: Refusal = {
  kind: "group_refused",
  scope: "pair",
  suspect: false,
  ends: { kind: "daily" },
  stalePeer: false,
  code: "CHANNEL_PRIVATE",
};

test("a wait that ends before the lane has to is waited for, and one that does not is told as a rest", async () => {
  for (const [seconds, end, waited] of [
    [599, "again", 599_000],
    [600, "session_resting", 0],
  ] as const) {
    const { clock, poster, bots, world } = await posterScene();
    expect(await clock.run(poster.connectionRefused(wait(seconds)))).toBe(end);
    expect([clock.monotonic(), poster.isResting]).toEqual([waited, end !== "again"]);
    expect(bots.sessions).toMatchObject([{ restingUntil: world.at(seconds) }]);
  }
});

test.each<[Refusal, string]>([
  [{ kind: "session_limited", code: "PEER_FLOOD" }, "session_resting"],
  [{ kind: "session_dead", cause: "lost", code: "SESSION_REVOKED" }, "session_lost"],
  [{ kind: "config_error", code: "API_ID_INVALID" }, "bot_stopped"],
])("a connection that is refused with %j ends the lane at once", async (refusal, end) => {
  const { clock, poster } = await posterScene();
  expect(await clock.run(poster.connectionRefused(refusal))).toBe(end);
  expect(clock.monotonic()).toBe(0);
});

test("an account that rests says so while it does", async () => {
  const { clock, poster } = await posterScene();
  const refused = poster.connectionRefused(wait(60));
  await clock.advance(59_999);
  expect(poster.isResting).toBe(true);
  await clock.advance(1);
  expect([await refused, poster.isResting]).toEqual(["again", false]);
});

test("a connection that is not made rests nothing, and is tried again while there is time", async () => {
  const { clock, poster } = await posterScene();
  expect(await clock.run(poster.connectionRefused(UNANSWERED))).toBe("again");
  expect(await clock.run(poster.connectionRefused(UNANSWERED))).toBe("again");
  expect(clock.monotonic()).toBe(3_000);
  await clock.advance(595_000);
  expect(await clock.run(poster.connectionRefused(UNANSWERED))).toBe("unreachable");
  expect([clock.monotonic(), poster.isResting]).toEqual([598_000, false]);
});

test("a connection that stays away for long is not given up before the end: no post of it ever left", async () => {
  const { clock, poster } = await posterScene({}, { seconds: 7_200 });
  for (const _ of [1, 2, 3, 4]) {
    expect(await clock.run(poster.connectionRefused(UNANSWERED))).toBe("again");
    await clock.advance(400_000);
  }
});

test("the pause of a connection is cut short when the lane is told to end", async () => {
  const { clock, poster, stop } = await posterScene();
  const refused = poster.connectionRefused(wait(60));
  await clock.advance(1_000);
  stop.abort();
  await refused;
  expect([clock.monotonic(), clock.sleeping]).toEqual([1_000, 0]);
});

test("the log says what was not reached: Telegram, or the post's channel", async () => {
  const { clock, poster, bots } = await posterScene();
  await clock.run(poster.connectionRefused(UNANSWERED));
  await clock.run(poster.sourceRefused(UNANSWERED));
  expect(await poster.sourceRefused(CLOSED)).toBe("source_refused");
  expect(bots.log.map(({ text }) => text)).toEqual([
    expect.stringContaining("in Telegram): asking again"),
    expect.stringContaining("in The post's channel): asking again"),
    expect.stringMatching(/^The post's channel refuses a: /),
  ]);
});

test("a source that is right and refuses is not looked up again", async () => {
  const { telegram, addresses, settlements, answers, post } = await posterScene({}, { forward: true });
  answers({ ...CLOSED, source: true });
  expect(await post()).toEqual({ kind: "end", why: "source_refused" });
  expect(settlements).toMatchObject([{ state: "planned", outcome: null }]);
  await addresses.source(telegram.client("a"), "https://t.me/shop/5");
  expect(telegram.lookUps).toEqual([{ session: "a", reference: "@shop" }]);
});

test("a source that asks for a pause is waited for, and the slot is as it was", async () => {
  const row = { state: "sending", attempts: 1, triedAt: new Date(0) } as const;
  const { clock, settlements, answers, post } = await posterScene(row, { forward: true });
  answers({ kind: "flood_wait", seconds: 60, method: "any", code: "FLOOD_WAIT_60", source: true });
  expect(await clock.run(post())).toEqual({ kind: "end", why: "again" });
  expect(clock.monotonic()).toBe(60_000);
  expect(settlements).toMatchObject([{ state: "sending", outcome: null }]);
});
