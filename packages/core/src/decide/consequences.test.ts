import { expect, test } from "vitest";
import type { Refusal } from "../model/outcome.ts";
import { aGroup, aSession } from "../testing/fake-bots.ts";
import { FakePosting } from "../testing/fake-posting.ts";
import { decide, SUSPECT_GROUPS } from "./decide.ts";

const SPAM: Refusal = { kind: "session_dead", cause: "spam", code: "USER_DEACTIVATED_BAN" };
const LOST: Refusal = { kind: "session_dead", cause: "lost", code: "SESSION_REVOKED" };
const refused = (more: Partial<Extract<Refusal, { kind: "group_refused" }>> = {}): Refusal => ({
  kind: "group_refused",
  scope: "pair",
  suspect: false,
  ends: { kind: "never" },
  stalePeer: false,
  code: "CHAT_WRITE_FORBIDDEN",
  ...more,
});

/** Session a, one group, and what follows from a refusal there (`null`: before any group was tried). */
function scene() {
  const world = new FakePosting();
  const { bots, clock } = world;
  const session = world.session("a");
  bots.groups = [aGroup("one")];
  const apply = (refusal: Refusal, groupId: string | null = "one") => {
    const tried = { attempts: 1, firstTriedAt: clock.now(), now: clock.now(), jitter: 0 };
    const reach = { maybeDelivered: false, left: groupId !== null };
    const decision = decide(refusal, { ...tried, ...reach, session: "a", group: "@one" });
    return world.lane.consequences.apply(decision, refusal, { cycle: world.cycle, session, groupId });
  };
  return { world, bots, clock, apply };
}
/** The refusal that stands between a session and the group. */
const between = (sessionId: string, lasting = true) => ({ sessionId, groupId: "one", until: null, lasting });

test("what the ledger has written already is not written again", async () => {
  const { bots, apply } = scene();
  const before = structuredClone([bots.bot, bots.sessions, bots.groups]);
  for (const refusal of [
    { kind: "unknown", code: "TIMEOUT" },
    { kind: "slow_mode", seconds: 5, code: "SLOWMODE_WAIT_5" },
    { kind: "flood_wait", seconds: 5, method: "any", code: "FLOOD_WAIT_5" },
    { kind: "flood_wait", seconds: 5, method: "lookup", code: "FLOOD_WAIT_5" },
    { kind: "random_id_taken", code: "RANDOM_ID_DUPLICATE" },
  ] as const)
    await apply(refusal);
  expect([bots.bot, bots.sessions, bots.groups]).toEqual(before);
  expect([bots.log, bots.changes, bots.audited]).toEqual([[], [], []]);
});

test("what came before any group is written here: the line, the rest and the wait of searches", async () => {
  const { world, bots, apply } = scene();
  await apply({ kind: "flood_wait", seconds: 60, method: "any", code: "FLOOD_WAIT_60" }, null);
  expect(bots.sessions[0]).toMatchObject({ restingUntil: world.at(60), needsAdmin: false, code: "FLOOD_WAIT_60" });
  expect(bots.changes).toEqual(["bot", "pool"]);
  await apply({ kind: "flood_wait", seconds: 90, method: "lookup", code: "FLOOD_WAIT_90" }, null);
  expect(bots.sessions[0]).toMatchObject({ restingUntil: world.at(60), lookupsWaitUntil: world.at(90) });
  expect(bots.log).toMatchObject([
    { botId: "bot", userId: "user", sessionId: "a", level: "warning", code: "FLOOD_WAIT_60" },
    { sessionId: "a", level: "warning", code: "FLOOD_WAIT_90" },
  ]);
});

test("a refusal before any group retires none", async () => {
  const { bots, apply } = scene();
  bots.refusals = [between("a")];
  await apply(refused(), null);
  await apply(refused({ scope: "group" }), null);
  expect(bots.groups[0]).toMatchObject({ state: "active" });
});

test("content that is refused is not held against the post that the bot has by now", async () => {
  const { bots, apply } = scene();
  bots.bot = { ...bots.bot, post: { id: "post", type: "text", content: "another" } };
  await apply({ kind: "content_refused", code: "MESSAGE_EMPTY" });
  expect(bots.bot).toMatchObject({
    status: "stopped",
    stopReason: "content",
    contentRefusedAt: null,
    stopMessage: expect.stringMatching(/the message is empty.* start again to send the new one\.$/),
  });
});

test("content that is refused stops the bot, with the reason and since when", async () => {
  const { bots, clock, apply } = scene();
  await apply({ kind: "content_refused", code: "MESSAGE_EMPTY" });
  expect(bots.bot).toMatchObject({
    status: "stopped",
    stopReason: "content",
    contentRefusedAt: clock.now(),
    breakerTrippedAt: null,
    stopMessage: expect.stringMatching(/^Posting stops, because the post cannot be sent: .* Change the post/),
  });
  expect(bots.audited).toMatchObject([{ action: "bot.stop", after: { stopReason: "content" } }]);
  // its line stands in the log already, beside the delivery
  expect(bots.log).toEqual([]);
});

test("a set-up that is wrong stops the bot, and is not the post's fault", async () => {
  const { bots, apply } = scene();
  await apply({ kind: "config_error", code: "API_ID_INVALID" });
  expect(bots.bot).toMatchObject({ status: "stopped", stopReason: "config", contentRefusedAt: null });
});

test("a limited account rests for an admin", async () => {
  const { bots, apply } = scene();
  await apply({ kind: "session_limited", code: "PEER_FLOOD" });
  expect(bots.sessions[0]).toMatchObject({ restingUntil: null, needsAdmin: true, code: "PEER_FLOOD" });
  expect([bots.changes, bots.bot.status]).toEqual([["bot", "pool"], "running"]);
});

test("a dead account is banned with its file, in the audit, and the bot goes on", async () => {
  const { world, bots, clock, apply } = scene();
  world.session("b");
  await apply(LOST);
  expect(bots.sessions).toMatchObject([
    { id: "a", place: "banned", bannedAt: clock.now(), code: "SESSION_REVOKED" },
    { id: "b", place: "assigned" },
  ]);
  expect(world.moved).toEqual(["a to banned"]);
  expect(bots.audited).toMatchObject([
    { action: "session.ban", target: { kind: "session", id: "a" }, after: { cause: "lost", code: "SESSION_REVOKED" } },
  ]);
  expect(bots.changes).toEqual(["bot", "pool"]);
  expect(bots.bot.status).toBe("running");
});

test("an empty pool is told while accounts are left, and only then", async () => {
  const { world, bots, apply } = scene();
  await apply(LOST);
  expect(bots.log).toEqual([]);
  world.session("b");
  await apply(LOST);
  expect(bots.log).toMatchObject([{ level: "warning", text: expect.stringContaining("posting goes on with 1") }]);
  bots.sessions.push(aSession("spare", { place: "unused", userId: null }));
  await apply(LOST);
  expect(bots.log).toHaveLength(1);
});

test("the breaker counts spam deaths of the window alone, since it was cleared", async () => {
  const { world, bots, apply } = scene();
  // two days ago; and within the window, but before an admin cleared the breaker
  bots.spamDeaths.push(world.at(-48 * 3600), world.at(-3600));
  bots.bot = { ...bots.bot, breakerClearedAt: world.at(-60) };
  await apply(SPAM);
  expect(bots.bot).toMatchObject({ status: "running", breakerTrippedAt: null });
  await apply(LOST);
  expect(bots.bot.status).toBe("running");
  await apply(SPAM);
  expect(bots.bot).toMatchObject({ status: "stopped", stopReason: "breaker", breakerTrippedAt: world.at(0) });
  expect(bots.log).toMatchObject([{ level: "error", text: expect.stringContaining("2 accounts for spam") }]);
});

test("a spam death from before the window does not count", async () => {
  const { world, bots, apply } = scene();
  bots.spamDeaths.push(world.at(-24 * 3600 - 1));
  await apply(SPAM);
  expect(bots.bot.status).toBe("running");
});

test("an account that is lost otherwise trips nothing, however many were banned for spam", async () => {
  const { world, bots, apply } = scene();
  bots.spamDeaths.push(world.at(-3600), world.at(-60));
  await apply(LOST);
  expect(bots.bot).toMatchObject({ status: "running", breakerTrippedAt: null });
});

test("a bot that its user has stopped keeps that, and the breaker trips all the same", async () => {
  const { world, bots, apply } = scene();
  bots.bot = { ...bots.bot, status: "stopped", stopReason: "user", stoppedAt: world.at(-60) };
  bots.spamDeaths.push(world.at(-3600));
  await apply(SPAM);
  expect(bots.bot).toMatchObject({ stopReason: "breaker", breakerTrippedAt: world.at(0), stoppedAt: world.at(-60) });
});

test("a group that refuses everyone is retired at once", async () => {
  const { bots, apply } = scene();
  await apply(refused({ scope: "group", code: "SAME_CHAT_TWICE" }));
  expect(bots.groups[0]).toMatchObject({ state: "retired", code: "SAME_CHAT_TWICE" });
  expect(bots.changes).toEqual(["groups"]);
});

test("a group is retired when every living account is refused there for good", async () => {
  const { world, bots, apply } = scene();
  world.session("b");
  world.session("dead", { place: "banned" });
  bots.refusals = [between("a")];
  await apply(refused());
  expect(bots.groups[0]).toMatchObject({ state: "active" });
  bots.refusals = [between("a"), { ...between("b"), groupId: "another" }];
  await apply(refused());
  expect(bots.groups[0]).toMatchObject({ state: "active" });
  bots.refusals = [between("a"), between("b", false)];
  await apply(refused());
  expect(bots.groups[0]).toMatchObject({ state: "active" });
  bots.refusals = [between("a"), between("b")];
  await apply(refused());
  expect(bots.groups[0]).toMatchObject({ state: "retired", code: "CHAT_WRITE_FORBIDDEN" });
});

test("so many groups that say the same of one account rest it, and are not retired for it", async () => {
  const { bots, apply } = scene();
  const suspect = refused({ suspect: true, code: "USER_BANNED_IN_CHANNEL" });
  bots.refusals = [between("a")];
  bots.refusing.set("USER_BANNED_IN_CHANNEL", SUSPECT_GROUPS);
  await apply(suspect);
  expect(bots.sessions[0]).toMatchObject({ needsAdmin: true, code: "USER_BANNED_IN_CHANNEL" });
  expect(bots.groups[0]).toMatchObject({ state: "active" });
  expect(bots.log).toMatchObject([{ level: "error", sessionId: "a", code: "USER_BANNED_IN_CHANNEL" }]);
});

test("fewer groups, or a code that is not suspect, leave the account alone", async () => {
  const { bots, apply } = scene();
  bots.refusing.set("USER_BANNED_IN_CHANNEL", SUSPECT_GROUPS - 1);
  bots.refusing.set("CHAT_WRITE_FORBIDDEN", SUSPECT_GROUPS);
  await apply(refused({ suspect: true, code: "USER_BANNED_IN_CHANNEL" }));
  await apply(refused());
  expect(bots.sessions[0]).toMatchObject({ needsAdmin: false });
});

test("a dead account's file that cannot be moved is told, and the death stands", async () => {
  const { world, bots, apply } = scene();
  world.missingFiles.add("a");
  await apply(LOST);
  expect(bots.sessions[0]).toMatchObject({ place: "banned", code: "SESSION_REVOKED" });
  expect(world.faults).toMatchObject([[{ message: "There is no file of a." }, expect.anything(), { session: "a" }]]);
});
