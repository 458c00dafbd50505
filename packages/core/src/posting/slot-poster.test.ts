import { expect, test } from "vitest";
import type { Outcome, Refusal } from "../model/outcome.ts";
import type { Claim } from "../ports/index.ts";
import { aChat } from "../testing/fake-telegram.ts";
import { posterScene } from "../testing/poster-scene.ts";

const STALE: Refusal = {
  kind: "group_refused",
  scope: "pair",
  suspect: false,
  ends: { kind: "daily" },
  stalePeer: true,
  code: "CHAT_ID_INVALID",
};
const TAKEN: Outcome = { kind: "random_id_taken", code: "RANDOM_ID_DUPLICATE" };
const UNANSWERED: Outcome = { kind: "unknown", code: "TIMEOUT" };
const flood = (method: "any" | "lookup"): Refusal => ({
  kind: "flood_wait",
  seconds: 60,
  method,
  code: "FLOOD_WAIT_60",
});

test("a slot is claimed, sent and settled, and what is not known is looked up first", async () => {
  const { world, bots, telegram, settlements, open, post } = await posterScene();
  expect([await post("two"), await post()]).toEqual([
    { kind: "done", sentAt: 0 },
    { kind: "done", sentAt: 0 },
  ]);
  const hold = { cycleId: "cycle", epoch: 1, sessionId: "a", fence: 3n };
  expect(world.ledger.claims).toEqual([
    { hold, deliveryId: "a in two", chatId: "-1002", topicId: 0 },
    { hold, deliveryId: "a in one", chatId: "-1001", topicId: 0 },
  ]);
  expect(telegram.sent).toEqual([
    { session: "a", to: "2", topicId: 0, randomId: 2n, mayStand: false, firstTriedAt: world.at(0), at: 0 },
    { session: "a", to: "1", topicId: 0, randomId: 1n, mayStand: false, firstTriedAt: world.at(0), at: 0 },
  ]);
  expect(settlements).toMatchObject([
    { hold, state: "sent", outcome: "sent", messageId: 1, log: { sessionId: "a", groupId: "two" } },
    { hold, state: "sent", outcome: "sent", messageId: 2, log: { sessionId: "a", groupId: "one" } },
  ]);
  expect([open.size, bots.log]).toEqual([0, []]);
});

test("a target that may be out of date is given back and looked up once more before it counts", async () => {
  const { bots, telegram, settlements, answers, post } = await posterScene();
  answers(STALE);
  expect(await post()).toEqual({ kind: "again", at: new Date("2030-01-01T00:00:00Z"), sentAt: 0 });
  expect(settlements).toMatchObject([{ state: "planned", outcome: null, code: null, log: null, learned: null }]);
  expect(await bots.chats.repository.peer("a", "@one")).toBeNull();
  expect(await post()).toMatchObject({ kind: "done" });
  expect(telegram.lookUps).toEqual([{ session: "a", reference: "@one", stale: aChat(1).peer }]);
  expect(settlements[1]).toMatchObject({ state: "sent" });
});

test("a target that refuses by its new peer as well counts as refusing", async () => {
  const { telegram, settlements, answers, post } = await posterScene();
  answers(STALE, STALE);
  await post();
  expect(await post()).toMatchObject({ kind: "done" });
  expect(telegram.lookUps).toHaveLength(1);
  expect(settlements[1]).toMatchObject({ state: "failed", outcome: "group_refused", learned: { kind: "refusal" } });
});

test("what may have arrived is given back as that", async () => {
  const { settlements, answers, post } = await posterScene({ state: "sending", attempts: 1, triedAt: new Date(0) });
  answers(STALE);
  await post();
  expect(settlements).toMatchObject([{ state: "sending", outcome: null }]);
});

test("a source that may be out of date is looked up once more, and the second time the account is out", async () => {
  const { world, bots, telegram, settlements, answers, post } = await posterScene({}, { forward: true });
  answers({ ...STALE, source: true }, { ...STALE, source: true });
  expect(await post()).toEqual({ kind: "end", why: "again" });
  expect(await bots.chats.repository.peer("a", "@shop")).toBeNull();
  expect(await post()).toEqual({ kind: "end", why: "source_refused" });
  // the group was not asked
  const given = { state: "planned", outcome: null, log: null, learned: null };
  expect(settlements).toMatchObject([given, given]);
  await world.ledger.flush();
  expect(bots.deliveries[0]).toMatchObject({ state: "planned", outcome: null });
  expect(telegram.sent[0]).toMatchObject({ from: { chat: "9", messageId: 5 }, to: "1" });
});

test("a flood wait of searches holds what needs one, and known chats go on", async () => {
  const { telegram, poster, settlements, world, post } = await posterScene();
  telegram.chats.set("@two", flood("lookup"));
  expect(await post("two")).toEqual({ kind: "again", at: world.at(60) });
  expect(settlements).toMatchObject([{ state: "planned", learned: { kind: "lookups", until: world.at(60) } }]);
  expect(poster.isResting).toBe(false);
  expect(await post()).toMatchObject({ kind: "done" });
  await post("two");
  expect(telegram.lookUps[1]).toEqual({ session: "a", reference: "@two", searchAfter: world.at(60) });
});

test("a flood wait of anything rests the lane, and is stored before the next thing happens", async () => {
  const { bots, clock, poster, settlements, world, answers, post } = await posterScene();
  answers(flood("any"));
  expect(await post()).toEqual({ kind: "rest", until: world.at(60), sentAt: 0 });
  expect(settlements).toMatchObject([
    { state: "planned", at: world.at(0), waitUntil: world.at(60), learned: { kind: "rest", until: world.at(60) } },
  ]);
  expect(poster.isResting).toBe(true);
  await clock.advance(60_000);
  expect(poster.isResting).toBe(false);
  expect(bots.sessions[0]).toMatchObject({ restingUntil: world.at(60) });
});

test("a group's refusal is stored before it is asked whether the group refuses every account", async () => {
  const { bots, answers, post } = await posterScene();
  answers({ ...STALE, stalePeer: false, ends: { kind: "never" }, code: "CHAT_WRITE_FORBIDDEN" });
  expect(await post()).toMatchObject({ kind: "done" });
  expect(bots.groups).toMatchObject([
    { state: "retired", code: "CHAT_WRITE_FORBIDDEN" },
    { state: "active", code: null },
  ]);
});

test("content that is refused stops the bot until the post changes", async () => {
  const { bots, clock, answers, post } = await posterScene();
  answers({ kind: "content_refused", code: "MESSAGE_EMPTY" });
  expect(await post()).toEqual({ kind: "end", why: "bot_stopped" });
  expect(bots.bot).toMatchObject({ status: "stopped", stopReason: "content", contentRefusedAt: clock.now() });
  expect(bots.groups.map(({ state }) => state)).toEqual(["active", "active"]);
});

test("a random id that is another message's is replaced, in the row and for the next try", async () => {
  const { bots, telegram, world, settlements, answers, post } = await posterScene();
  answers(TAKEN);
  expect(await post()).toEqual({ kind: "again", at: world.at(0), sentAt: 0 });
  expect(settlements).toMatchObject([{ state: "planned", outcome: null, randomId: 131_072n }]);
  await post();
  expect(bots.deliveries[0]).toMatchObject({ randomId: 131_072n });
  expect(telegram.sent).toMatchObject([
    { randomId: 1n, mayStand: false },
    { randomId: 131_072n, mayStand: false },
  ]);
});

test("a try after one without an answer says that the post may stand, since when, with the same random id", async () => {
  const { telegram, clock, settlements, world, answers, post } = await posterScene();
  answers(UNANSWERED, { kind: "sent", messageId: null });
  expect(await post()).toMatchObject({ kind: "again", at: world.at(1) });
  await clock.advance(1_000);
  await post();
  expect(telegram.sent).toMatchObject([
    { randomId: 1n, mayStand: false, firstTriedAt: world.at(0) },
    { randomId: 1n, mayStand: true, firstTriedAt: world.at(0) },
  ]);
  expect(settlements).toMatchObject([
    { state: "sending", outcome: "unknown" },
    { state: "sent", outcome: "sent", messageId: null },
  ]);
});

test("a row that stood at sending says so, and is given up by what it had gone through before", async () => {
  const triedAt = new Date("2029-12-31T23:50:00Z");
  const { telegram, settlements, answers, post } = await posterScene({ state: "sending", attempts: 2, triedAt });
  answers(UNANSWERED);
  expect(await post()).toMatchObject({ kind: "done" });
  expect(telegram.sent).toMatchObject([{ mayStand: true, firstTriedAt: triedAt }]);
  expect(settlements).toMatchObject([{ state: "failed", outcome: "unknown" }]);
});

test("a wait that came after a lost answer leaves open whether the post stands", async () => {
  const { settlements, answers, post } = await posterScene();
  answers({ kind: "slow_mode", seconds: 30, code: "SLOWMODE_WAIT_30", unanswered: true });
  await post();
  expect(settlements).toMatchObject([{ state: "sending", outcome: "slow_mode", learned: { kind: "wait" } }]);
});

test("a client that has ended lets another go on, unless the lane is told to end", async () => {
  const { telegram, stop, post } = await posterScene();
  const cutOff = () => {
    telegram.end("a");
    return UNANSWERED;
  };
  telegram.answers.set("1", [cutOff, cutOff]);
  expect(await post()).toEqual({ kind: "end", why: "again" });
  telegram.answers.set("2", [
    () => {
      stop.abort();
      return UNANSWERED;
    },
  ]);
  expect(await post("two")).toMatchObject({ kind: "again" });
});

test("what the ledger holds back is not sent, and owes no delay", async () => {
  const { world, telegram, poster, open, claims, post } = await posterScene();
  const until = world.at(30);
  claims(
    { kind: "wait", until, why: "cooldown" },
    { kind: "wait", until, why: "slow_mode" },
    { kind: "wait", until, why: "session_resting" },
    { kind: "skip", why: "opted_out" },
  );
  expect([await post(), await post()]).toEqual(Array(2).fill({ kind: "again", at: until, sentAt: null }));
  expect(poster.isResting).toBe(false);
  expect(await post()).toEqual({ kind: "rest", until, sentAt: null });
  expect(poster.isResting).toBe(true);
  expect(await post()).toEqual({ kind: "done", sentAt: null });
  // settled: the lane asks in vain
  expect(await post()).toEqual({ kind: "done" });
  expect([telegram.sent, [...open.keys()]]).toEqual([[], ["a in two"]]);
});

test("a claim that is lost says whose fault it is", async () => {
  const { bots, link, claims, post } = await posterScene();
  claims(...Array<Claim>(4).fill({ kind: "lost" }));
  expect(await post()).toEqual({ kind: "end", why: "lost" });
  await bots.tx.sessions.rest("a", { until: null, needsAdmin: true, reason: "", code: "" });
  expect(await post()).toEqual({ kind: "end", why: "session_resting" });
  await bots.tx.sessions.ban("a", { at: new Date(), cause: "lost", reason: "", code: "" });
  expect(await post()).toEqual({ kind: "end", why: "session_lost" });
  link.lease = { ...link.lease, held: () => false };
  expect(await post()).toEqual({ kind: "end", why: "again" });
});

test("a stop that comes while a claim is on its way gives it back unsent", async () => {
  const { world, telegram, stop, settlements, post } = await posterScene();
  world.ledger.answers.set("a in one", [
    () => {
      stop.abort();
      return { kind: "go" };
    },
  ]);
  expect(await post()).toEqual({ kind: "end", why: "aborted" });
  expect(telegram.sent).toEqual([]);
  expect(settlements).toMatchObject([{ deliveryId: "a in one", state: "planned", outcome: null }]);
});

test("what is known of a refusal stands in the row: its code, and that a post before it may have arrived", async () => {
  const sent = await posterScene();
  await sent.post();
  expect(sent.settlements).toMatchObject([{ code: null, messageId: 1 }]);
  const dead: Outcome = { kind: "session_dead", cause: "lost", code: "SESSION_REVOKED" };
  const first = await posterScene();
  first.answers(dead);
  expect(await first.post()).toEqual({ kind: "end", why: "session_lost" });
  expect(first.settlements).toMatchObject([
    { state: "failed", outcome: "session_dead", code: "SESSION_REVOKED", messageId: null },
  ]);
  const second = await posterScene({ state: "sending", attempts: 1, triedAt: new Date("2030-01-01T00:00:00Z") });
  second.answers(dead);
  await second.post();
  expect(second.settlements).toMatchObject([{ state: "failed", outcome: "unknown", code: "SESSION_REVOKED" }]);
});

test("a topic is posted to as that", async () => {
  const { bots, telegram, addresses, post } = await posterScene();
  bots.groups = bots.groups.map((group) => ({ ...group, reference: `${group.reference}/7` }));
  await bots.chats.repository.found("a", "@one", aChat(1, { forum: true }));
  await addresses.load(["one", "two"]);
  await post();
  expect(telegram.sent).toMatchObject([{ to: "1", topicId: 7 }]);
});

test("a stop that comes while the chat is looked up claims nothing", async () => {
  const { world, stop, settlements, post } = await posterScene();
  stop.abort();
  expect(await post("two")).toEqual({ kind: "end", why: "aborted" });
  expect([world.ledger.claims, settlements]).toEqual([[], []]);
});

test("a row that went back to planned has no tries behind it, nor has one that was never tried", async () => {
  const long = { attempts: 5, triedAt: new Date("2029-12-31T23:00:00Z") };
  for (const row of [long, { ...long, state: "sending", triedAt: null } as const]) {
    const { world, settlements, answers, post } = await posterScene(row);
    answers(UNANSWERED);
    expect(await post()).toEqual({ kind: "again", at: world.at(1), sentAt: 0 });
    expect(settlements).toMatchObject([{ state: "sending", outcome: "unknown" }]);
  }
});

test("what is not answered is asked again after longer and longer, and a clear answer ends that", async () => {
  const { world, telegram, answers, post } = await posterScene();
  const slow: Outcome = { kind: "slow_mode", seconds: 30, code: "SLOWMODE_WAIT_30" };
  answers(UNANSWERED, UNANSWERED, slow, UNANSWERED);
  const pauses = [];
  for (const _ of [1, 2, 3, 4]) pauses.push(await post());
  expect(pauses).toEqual([1, 2, 30, 1].map((seconds) => ({ kind: "again", at: world.at(seconds), sentAt: 0 })));
  expect(telegram.sent).toHaveLength(4);
});

test("a wait of one group holds no search for another", async () => {
  const { telegram, answers, post } = await posterScene();
  answers({ kind: "slow_mode", seconds: 30, code: "SLOWMODE_WAIT_30" });
  await post();
  await post("two");
  expect(telegram.lookUps).toEqual([{ session: "a", reference: "@two" }]);
});

test("a flood wait is longer by up to four seconds, by chance", async () => {
  const { world, answers, post } = await posterScene();
  Object.assign(world.lane.random, { int64: () => 5_500n });
  answers(flood("any"));
  expect(await post()).toEqual({ kind: "rest", until: world.at(61.5), sentAt: 0 });
});

test("an account that Telegram limits, and a dead one, end the lane by that, also where the client ended with it", async () => {
  const dead: Outcome = { kind: "session_dead", cause: "lost", code: "SESSION_REVOKED" };
  for (const [outcome, why] of [
    [{ kind: "session_limited", code: "PEER_FLOOD" }, "session_resting"],
    [dead, "session_lost"],
  ] as const) {
    const { telegram, post } = await posterScene();
    const last = () => {
      telegram.end("a");
      return outcome;
    };
    telegram.answers.set("1", [last]);
    expect(await post()).toEqual({ kind: "end", why });
  }
});

test("a chat that is not found is refused without a claim, and leaves open whether an earlier post stands", async () => {
  for (const [row, outcome] of [
    [{}, "group_refused"],
    [{ state: "sending", attempts: 1, triedAt: new Date(0) }, "unknown"],
  ] as const) {
    const { world, addresses, settlements, post } = await posterScene(row);
    await addresses.load(["two"]);
    expect(await post()).toEqual({ kind: "done" });
    expect(settlements).toMatchObject([{ state: "failed", outcome, code: "GROUP_REMOVED" }]);
    expect(world.ledger.claims).toEqual([]);
  }
});

test("a chat that is looked up in vain is not given up, for nothing left", async () => {
  const { telegram, clock, settlements, post } = await posterScene();
  telegram.chats.set("@two", { kind: "unknown", code: "TIMEOUT" });
  for (const _ of [1, 2, 3]) {
    expect(await post("two")).toMatchObject({ kind: "again" });
    await clock.advance(400_000);
  }
  expect(settlements.map(({ state }) => state)).toEqual(["planned", "planned", "planned"]);
});

test("a topic that refuses is remembered as that, and the chat's other topics are not", async () => {
  const { bots, settlements, addresses, answers, post } = await posterScene();
  bots.groups = bots.groups.map((group) => ({ ...group, reference: `${group.reference}/7` }));
  await bots.chats.repository.found("a", "@one", aChat(1, { forum: true }));
  await addresses.load(["one", "two"]);
  answers({ ...STALE, stalePeer: false, code: "TOPIC_CLOSED" });
  await post();
  expect(settlements).toMatchObject([{ learned: { kind: "refusal", topicId: 7 } }]);
});

test("a stop that comes while a claim of what may have arrived is on its way leaves it as that", async () => {
  const { world, stop, settlements, post } = await posterScene({ state: "sending", attempts: 1, triedAt: new Date(0) });
  world.ledger.answers.set("a in one", [
    () => {
      stop.abort();
      return { kind: "go" };
    },
  ]);
  expect(await post()).toEqual({ kind: "end", why: "aborted" });
  expect(settlements).toMatchObject([{ state: "sending" }]);
});

test("a claim that is lost because the account is gone says so", async () => {
  const { bots, claims, post } = await posterScene();
  claims({ kind: "lost" });
  bots.sessions = [];
  expect(await post()).toEqual({ kind: "end", why: "session_lost" });
});
