// Chats as Telegram describes them, and as the domain knows them.
import bigInt from "big-integer";
import { Api } from "telegram/tl/index.js";
import { expect, test } from "vitest";
import { inputChannel, inputPeer, resolvedChat, usernamesOf } from "../src/gram/peers.ts";

const photo = new Api.ChatPhotoEmpty();
const unhashed = { id: bigInt(7), title: "Talk", photo, date: 0 };
const channel = (more: Partial<Api.Channel> = {}) => new Api.Channel({ ...unhashed, accessHash: bigInt(-9), ...more });
const basic = (more: { migratedTo?: Api.InputChannel; left?: boolean } = {}) =>
  new Api.Chat({ id: bigInt(5), title: "Old talk", photo, participantsCount: 2, date: 0, version: 1, ...more });
const name = (username: string, active: boolean) => new Api.Username({ username, active });

test("a peer goes to Telegram as what it is, with its access hash where it has one", () => {
  const channelId = bigInt(7);
  const hash = bigInt(-9);
  expect(inputPeer({ type: "channel", id: "7", accessHash: "-9" })).toEqual(
    new Api.InputPeerChannel({ channelId, accessHash: hash }),
  );
  expect(inputPeer({ type: "channel", id: "7", accessHash: null })).toEqual(
    new Api.InputPeerChannel({ channelId, accessHash: bigInt.zero }),
  );
  expect(inputPeer({ type: "chat", id: "7", accessHash: null })).toEqual(new Api.InputPeerChat({ chatId: channelId }));
  expect(inputPeer({ type: "user", id: "7", accessHash: "-9" })).toEqual(
    new Api.InputPeerUser({ userId: channelId, accessHash: hash }),
  );
  expect(inputChannel({ type: "channel", id: "7", accessHash: "-9" })).toEqual(
    new Api.InputChannel({ channelId, accessHash: hash }),
  );
  expect(inputChannel({ type: "channel", id: "7", accessHash: null })).toEqual(
    new Api.InputChannel({ channelId, accessHash: bigInt.zero }),
  );
});

const talk = {
  peer: { type: "channel", id: "7", accessHash: "-9" },
  chatId: "-1000000000007",
  title: "Talk",
  kind: "channel",
  username: null,
  forum: false,
  membership: "member",
  migratedFrom: null,
};

const old = {
  ...talk,
  peer: { type: "chat", id: "5", accessHash: null },
  chatId: "-5",
  title: "Old talk",
  kind: "basic_group",
};

test.each<[string, Api.TypeChat, unknown]>([
  ["a channel", channel(), talk],
  ["a supergroup", channel({ megagroup: true }), { ...talk, kind: "supergroup" }],
  ["a forum", channel({ megagroup: true, forum: true }), { ...talk, kind: "supergroup", forum: true }],
  ["one that the account has left", channel({ left: true }), { ...talk, membership: "left" }],
  ["a basic group that the account has left", basic({ left: true }), { ...old, membership: "left" }],
  ["one with a name", channel({ username: "Talk" }), { ...talk, username: "Talk" }],
  [
    "one that only has bought names",
    channel({ usernames: [name("was", false), name("talk", true), name("more", true)] }),
    { ...talk, username: "talk" },
  ],
  ["one without an access hash", new Api.Channel(unhashed), { ...talk, peer: { ...talk.peer, accessHash: null } }],
  ["a basic group", basic(), old],
  ["a title to mislead", channel({ title: "\u202eklat\0\nSale\ud83d" }), { ...talk, title: "klat Sale" }],
  ["a title of any length", channel({ title: "x".repeat(5000) }), { ...talk, title: "x".repeat(255) }],
  ["a title in which nothing is to be seen", channel({ title: "\u200b\u3164" }), { ...talk, title: "chat 7" }],
  [
    "a basic group that became a supergroup",
    basic({ migratedTo: new Api.InputChannel({ channelId: bigInt(7), accessHash: bigInt(-9) }) }),
    { ...talk, title: "Old talk", kind: "supergroup", migratedFrom: "-5" },
  ],
  [
    "a channel that is closed",
    new Api.ChannelForbidden({ id: bigInt(7), accessHash: bigInt(1), title: "x" }),
    undefined,
  ],
  ["a basic group that is closed", new Api.ChatForbidden({ id: bigInt(7), title: "x" }), undefined],
  ["one that never was", new Api.ChatEmpty({ id: bigInt(7) }), undefined],
])("%s", (_what, chat, known) => {
  expect(resolvedChat(chat)).toEqual(known);
});

test("the names that lead to a channel are its own and the active ones that it bought", () => {
  expect(usernamesOf(channel())).toEqual([]);
  expect(usernamesOf(channel({ username: "one", usernames: [name("two", true), name("three", false)] }))).toEqual([
    "one",
    "two",
  ]);
});
