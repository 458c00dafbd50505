import { expect, test } from "vitest";
import type { Delivery, Session } from "../model/domain.ts";
import type { Refusal } from "../model/outcome.ts";
import { aGroup, aSession } from "../testing/fake-bots.ts";
import { FakePosting } from "../testing/fake-posting.ts";
import { aChat } from "../testing/fake-telegram.ts";
import { LaneAddresses } from "./lane-addresses.ts";

const POST = "https://t.me/shop/5";
const NOT_A_MEMBER: Refusal = {
  kind: "group_refused",
  scope: "pair",
  suspect: false,
  ends: { kind: "daily" },
  stalePeer: true,
  code: "CHANNEL_PRIVATE",
};

/** What one session finds of groups with these references, whose ids are their places in the list. */
async function scene(references: string[], more: Partial<Session> = {}) {
  const world = new FakePosting();
  const { bots, telegram, clock } = world;
  bots.groups = references.map((reference, id) => aGroup(`${id}`, { reference }));
  const addresses = new LaneAddresses((work) => bots.store.transaction(work), clock, aSession("a", more));
  await addresses.load(bots.groups.map(({ id }) => id));
  const client = telegram.client("a");
  const slot = (groupId: string): Delivery => world.delivery("a", groupId);
  return {
    ...{ bots, telegram, clock, addresses },
    target: (groupId: string) => addresses.target(client, slot(groupId)),
    source: (link = POST) => addresses.source(client, link),
  };
}

test.each([
  ["@talkroom/12345", false, 0],
  ["@talkroom/5", true, 5],
  ["@talkroom", true, 0],
])("%s, forum: %s, goes to topic %i", async (reference, forum, topicId) => {
  const { bots, telegram, target } = await scene([reference]);
  telegram.chats.set("@talkroom", aChat(7, { forum }));
  expect(await target("0")).toEqual({ kind: "target", peer: aChat(7).peer, chatId: "-1007", topicId });
  expect(bots.groups[0]).toMatchObject({ chatId: "-1007", topicId });
});

test("a chat is looked up once, by whatever lane of the session", async () => {
  const { bots, telegram, clock, target, addresses } = await scene(["@talkroom/5"]);
  telegram.chats.set("@talkroom", aChat(7, { forum: true }));
  const found = await target("0");
  expect(await target("0")).toEqual(found);
  const next = new LaneAddresses((work) => bots.store.transaction(work), clock, aSession("a"));
  await next.load(["0"]);
  const slot = { ...bots.deliveries[0]! };
  expect(await next.target(telegram.client("a"), slot)).toEqual(found);
  expect(telegram.lookUps).toEqual([{ session: "a", reference: "@talkroom" }]);
  expect(addresses.name("0")).toBe("@talkroom/5");
});

test("what another session has found out is put in its place without a look-up, if this one has a peer", async () => {
  const { bots, telegram, target, addresses } = await scene(["@talkroom/5"]);
  await bots.chats.repository.found("a", "@talkroom", aChat(7, { forum: true }));
  await addresses.load(["0"]);
  expect(await target("0")).toMatchObject({ kind: "target", chatId: "-1007", topicId: 5 });
  expect(telegram.lookUps).toEqual([]);
  expect(bots.groups[0]).toMatchObject({ chatId: "-1007", topicId: 5 });
});

test("of two groups that lead to one place the second is refused, whoever posts", async () => {
  const { bots, telegram, target } = await scene(["@talkroom", "-1007", "+AbCdEfGhIj"]);
  for (const reference of ["@talkroom", "-1007", "+AbCdEfGhIj"]) telegram.chats.set(reference, aChat(7));
  const twice: Refusal = {
    kind: "group_refused",
    scope: "group",
    suspect: false,
    ends: { kind: "never" },
    stalePeer: false,
    code: "SAME_CHAT_TWICE",
  };
  expect(await target("0")).toMatchObject({ kind: "target", chatId: "-1007" });
  expect(await target("1")).toEqual(twice);
  expect(await target("2")).toEqual(twice);
  expect(bots.groups.map(({ chatId }) => chatId)).toEqual(["-1007", null, null]);
});

test("two topics of one chat are two places, and one look-up finds both", async () => {
  const { bots, telegram, target } = await scene(["@talkroom/5", "@talkroom/6"]);
  telegram.chats.set("@talkroom", aChat(7, { forum: true }));
  expect([await target("0"), await target("1")]).toMatchObject([{ topicId: 5 }, { topicId: 6 }]);
  expect(telegram.lookUps).toEqual([{ session: "a", reference: "@talkroom" }]);
  expect(bots.groups).toMatchObject([
    { chatId: "-1007", topicId: 5 },
    { chatId: "-1007", topicId: 6 },
  ]);
});

test("a peer that is out of date is renewed for all topics of its chat at once", async () => {
  const { bots, telegram, target, addresses } = await scene(["@talkroom/5", "@talkroom/6", "@talkroom/7"]);
  const old = aChat(7, { forum: true });
  telegram.chats.set("@talkroom", old);
  await target("0");
  await target("1");
  const renewed = { ...old, peer: { ...old.peer, accessHash: "2" } };
  telegram.chats.set("@talkroom", renewed);
  expect(await addresses.renewTarget("0")).toBe(true);
  // the second comes first: the first waits for a delay, or its look-up failed
  const at = (topicId: number) => ({ kind: "target", peer: renewed.peer, chatId: "-1007", topicId });
  expect([await target("1"), await target("0"), await target("2")]).toEqual([at(6), at(5), at(7)]);
  expect(telegram.lookUps).toEqual([
    { session: "a", reference: "@talkroom" },
    { session: "a", reference: "@talkroom", stale: old.peer },
  ]);
  expect(bots.groups.map(({ topicId }) => topicId)).toEqual([5, 6, 7]);
});

test("a group that is gone meanwhile is refused for everyone", async () => {
  const { target } = await scene([]);
  expect(await target("0")).toMatchObject({ kind: "group_refused", scope: "group", code: "GROUP_REMOVED" });
});

test("a look-up's refusal is handed on, and nothing is kept of it", async () => {
  const { bots, telegram, target } = await scene(["@talkroom"]);
  telegram.chats.set("@talkroom", NOT_A_MEMBER);
  expect(await target("0")).toEqual(NOT_A_MEMBER);
  telegram.chats.set("@talkroom", aChat(7));
  expect(await target("0")).toMatchObject({ chatId: "-1007" });
  expect(bots.groups[0]).toMatchObject({ state: "active", chatId: "-1007" });
});

test("a target's peer is renewed once: Telegram is asked anew, and told what is out of date", async () => {
  const { bots, telegram, target, addresses } = await scene(["@talkroom/5"]);
  telegram.chats.set("@talkroom", aChat(7, { forum: true }));
  await target("0");
  expect(await addresses.renewTarget("0")).toBe(true);
  expect(await bots.chats.repository.peer("a", "@talkroom")).toBeNull();
  const moved = aChat(8, { forum: true, migratedFrom: "-7" });
  telegram.chats.set("@talkroom", moved);
  expect(await target("0")).toEqual({ kind: "target", peer: moved.peer, chatId: "-1008", topicId: 5 });
  expect(telegram.lookUps[1]).toEqual({ session: "a", reference: "@talkroom", stale: aChat(7).peer });
  expect(bots.groups[0]).toMatchObject({ chatId: "-1008", topicId: 5 });
  expect(await addresses.renewTarget("0")).toBe(false);
  expect(await bots.chats.repository.peer("a", "@talkroom")).toEqual(moved.peer);
});

test("what was never found cannot be out of date", async () => {
  const { addresses } = await scene(["@talkroom"]);
  expect([await addresses.renewTarget("0"), await addresses.renewTarget("no group")]).toEqual([false, false]);
});

test("the post's channel is looked up once, and renewed once", async () => {
  const { telegram, source, addresses } = await scene([]);
  telegram.chats.set("@shop", aChat(7, { kind: "channel" }));
  const found = { kind: "source", peer: aChat(7).peer, messageId: 5 };
  expect([await source(), await source()]).toEqual([found, found]);
  expect(telegram.lookUps).toEqual([{ session: "a", reference: "@shop" }]);
  expect(await addresses.renewSource(POST, aChat(7).peer)).toBe(true);
  telegram.chats.set("@shop", aChat(8, { kind: "channel" }));
  expect(await source()).toEqual({ ...found, peer: aChat(8).peer });
  expect(telegram.lookUps[1]).toEqual({ session: "a", reference: "@shop", stale: aChat(7).peer });
  expect(await addresses.renewSource(POST, aChat(8).peer)).toBe(false);
});

test("a post that nobody can find is the content's fault, one that is closed to this session is not", async () => {
  const { telegram, source, addresses } = await scene([]);
  expect(await source("no link")).toEqual({ kind: "content_refused", code: "POST_LINK_INVALID" });
  expect(await addresses.renewSource("no link", aChat(7).peer)).toBe(false);
  expect(await source()).toEqual({ kind: "content_refused", code: "USERNAME_NOT_OCCUPIED" });
  telegram.chats.set("@shop", NOT_A_MEMBER);
  expect(await source()).toEqual(NOT_A_MEMBER);
});

test("while searches wait, a look-up says until when, and known chats need none", async () => {
  const { telegram, clock, target, source, addresses } = await scene(["@known", "@new"]);
  for (const [index, name] of ["@known", "@new", "@shop"].entries()) telegram.chats.set(name, aChat(index + 1));
  await target("0");
  const until = new Date(clock.now().getTime() + 60_000);
  addresses.lookupsWait(until);
  await target("0");
  await target("1");
  await clock.advance(60_000);
  await source();
  expect(telegram.lookUps).toEqual([
    { session: "a", reference: "@known" },
    { session: "a", reference: "@new", searchAfter: until },
    { session: "a", reference: "@shop" },
  ]);
});

test("a wait of searches that the session's row has is kept from the beginning", async () => {
  const lookupsWaitUntil = new Date("2030-01-01T01:00:00Z");
  const { telegram, target } = await scene(["@new"], { lookupsWaitUntil });
  await target("0");
  expect(telegram.lookUps).toEqual([{ session: "a", reference: "@new", searchAfter: lookupsWaitUntil }]);
});

test("a wait of searches holds when a lane of the session begins anew", async () => {
  const { bots, telegram, clock } = await scene(["@new"]);
  const session = aSession("a");
  const until = new Date("2030-01-01T01:00:00Z");
  const lane = () => new LaneAddresses((work) => bots.store.transaction(work), clock, session);
  lane().lookupsWait(until);
  await lane().source(telegram.client("a"), POST);
  expect(telegram.lookUps).toEqual([{ session: "a", reference: "@shop", searchAfter: until }]);
});
