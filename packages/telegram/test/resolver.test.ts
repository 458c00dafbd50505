// How a reference leads to a chat: what is asked for it, in which order, and what is not believed.
import bigInt from "big-integer";
import { Api } from "telegram/tl/index.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Reply } from "../src/gram/account-link.ts";
import type { Invoke } from "../src/gram/dialogs.ts";
import { Resolver } from "../src/gram/resolver.ts";
import {
  basicGroup,
  channel,
  inChannel,
  inChat,
  markedOf,
  refusedWith,
  result,
  scripted,
  withUser,
} from "./scripted.ts";

const DIALOGS = "messages.GetDialogs";
const SEARCH = "contacts.ResolveUsername";
const INVITE = "messages.CheckChatInvite";
const FULL = "channels.GetFullChannel";
const CHATS = "channels.GetChannels";

const listed = (...chats: Api.TypeChat[]) =>
  result(new Api.messages.Dialogs({ dialogs: [], messages: [], chats, users: [] }));
const found = (peer: Api.TypePeer, ...chats: Api.TypeChat[]) =>
  result(new Api.contacts.ResolvedPeer({ peer, chats, users: [] }));
const chats = (...list: Api.TypeChat[]) => result(new Api.messages.Chats({ chats: list }));
const settings = new Api.PeerNotifySettings({});
const fullOf = (id: number, migratedFromChatId?: number) =>
  result(
    new Api.messages.ChatFull({
      fullChat: new Api.ChannelFull({
        id: bigInt(id),
        about: "",
        readInboxMaxId: 0,
        readOutboxMaxId: 0,
        unreadCount: 0,
        chatPhoto: new Api.PhotoEmpty({ id: bigInt.zero }),
        notifySettings: settings,
        botInfo: [],
        pts: 0,
        ...(migratedFromChatId === undefined ? {} : { migratedFromChatId: bigInt(migratedFromChatId) }),
      }),
      chats: [],
      users: [],
    }),
  );

const group = (id: number, more: Parameters<typeof channel>[1] = {}) => channel(id, { megagroup: true, ...more });
const migratedTo = (id: number) => new Api.InputChannel({ channelId: bigInt(id), accessHash: bigInt(id * 10) });
const peerOf = (id: number) => ({ type: "channel", id: String(id), accessHash: String(id * 10) }) as const;
const refused = (scope: "pair" | "group", code: string) => ({
  kind: "group_refused",
  scope,
  suspect: false,
  ends: { kind: scope === "pair" ? "daily" : "never" },
  stalePeer: false,
  code,
});

function resolving(answers: Record<string, Array<Reply<unknown>>>) {
  const { reply, asked } = scripted(answers);
  const invoke: Invoke = async (request) => {
    const answer = await reply(request);
    return answer.kind === "unread" ? refusedWith("UNREADABLE_ANSWER") : answer;
  };
  const resolver = new Resolver(invoke);
  return {
    resolve: (reference: string, more: Parameters<Resolver["resolve"]>[1] = {}) => resolver.resolve(reference, more),
    asked: () => asked().map(({ className }) => className),
    requests: asked,
  };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2030-01-01T00:00:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a name", () => {
  test("is looked for among the account's chats, and only then searched for", async () => {
    const { resolve, asked, requests } = resolving({
      [DIALOGS]: [listed(channel(7, { username: "shop" }))],
      [SEARCH]: [found(inChannel(8), channel(9), channel(8))],
    });
    expect(await resolve("@shop")).toMatchObject({ kind: "resolved", chat: { chatId: markedOf(7) } });
    expect(asked()).toEqual([DIALOGS]);
    expect(await resolve("@news/5")).toMatchObject({ kind: "resolved", chat: { chatId: markedOf(8) } });
    expect(asked()).toEqual([DIALOGS, SEARCH]);
    expect(requests(SEARCH)).toMatchObject([{ username: "news" }]);
  });

  test.each([
    ["a person", found(withUser(3)), refused("group", "NOT_A_GROUP")],
    ["a chat that is not told", found(inChannel(8), channel(9)), refused("pair", "CHANNEL_PRIVATE")],
    [
      "a chat that is closed",
      found(inChannel(8), new Api.ChannelForbidden({ id: bigInt(8), accessHash: bigInt(1), title: "x" })),
      refused("pair", "CHANNEL_PRIVATE"),
    ],
    [
      "nobody",
      { ...refused("group", "USERNAME_NOT_OCCUPIED"), stalePeer: true },
      refused("group", "USERNAME_NOT_OCCUPIED"),
    ],
    ["nothing that is known", refusedWith("TIMEOUT"), refusedWith("TIMEOUT")],
  ])("of %s", async (_what, answer, resolution) => {
    const { resolve } = resolving({ [DIALOGS]: [listed()], [SEARCH]: [answer as Reply<unknown>] });
    expect(await resolve("@news")).toEqual(resolution);
  });

  test("of a basic group leads there", async () => {
    const { resolve } = resolving({
      [DIALOGS]: [listed()],
      [SEARCH]: [found(inChat(5), basicGroup(6), basicGroup(5))],
    });
    expect(await resolve("@old")).toMatchObject({ kind: "resolved", chat: { chatId: "-5" } });
  });

  test("is searched for where the account's chats cannot be read, and not where Telegram refuses to tell them", async () => {
    const search = { [SEARCH]: [found(inChannel(8), channel(8))] };
    expect(await resolving(search).resolve("@news")).toMatchObject({ kind: "resolved" });
    const flood = { kind: "flood_wait", seconds: 9, method: "lookup", code: "FLOOD_WAIT_9" } as const;
    const { resolve, asked } = resolving({ ...search, [DIALOGS]: [flood] });
    expect(await resolve("@news")).toEqual(flood);
    expect(asked()).toEqual([DIALOGS]);
  });

  test("is not searched for before the time, and the wait is told in whole seconds", async () => {
    const { resolve, asked } = resolving({ [DIALOGS]: [listed()], [SEARCH]: [found(inChannel(8), channel(8))] });
    const waits = (seconds: number) => ({ kind: "flood_wait", method: "lookup", seconds, code: "LOOKUPS_WAIT" });
    const notBefore = (ms: number) => resolve("@news", { searchAfter: new Date(Date.now() + ms) });
    expect(await notBefore(2_000)).toEqual(waits(2));
    expect(await notBefore(1_001)).toEqual(waits(2));
    expect(await notBefore(1)).toEqual(waits(1));
    expect(asked()).toEqual([DIALOGS]);
    expect(await notBefore(0)).toMatchObject({ kind: "resolved" });
  });

  test("that leads to a peer which is out of date is searched for; one that leads elsewhere is believed", async () => {
    const answers = {
      [DIALOGS]: [listed(channel(7, { username: "shop" }))],
      [SEARCH]: [found(inChannel(8), channel(8))],
    };
    expect(await resolving(answers).resolve("@shop", { stale: peerOf(7) })).toMatchObject({
      chat: { chatId: markedOf(8) },
    });
    for (const stale of [
      peerOf(8),
      { ...peerOf(7), id: "8" },
      { ...peerOf(7), accessHash: "1" },
      { ...peerOf(7), type: "user" } as const,
    ])
      expect(await resolving(answers).resolve("@shop", { stale })).toMatchObject({ chat: { chatId: markedOf(7) } });
  });
});

describe("an id", () => {
  test("is looked for among the account's chats alone", async () => {
    const { resolve, asked } = resolving({ [DIALOGS]: [listed(channel(7))] });
    expect(await resolve(`${markedOf(7)}/5`)).toMatchObject({ kind: "resolved", chat: { chatId: markedOf(7) } });
    expect(await resolve(markedOf(8))).toEqual(refused("pair", "NOT_A_MEMBER"));
    expect(asked()).toEqual([DIALOGS]);
  });

  test("whose peer is out of date is looked for in a new list, once", async () => {
    const other = channel(7, { accessHash: bigInt(71) });
    const { resolve, asked } = resolving({ [DIALOGS]: [listed(channel(7)), listed(other)] });
    expect(await resolve(markedOf(7))).toMatchObject({ chat: { peer: peerOf(7) } });
    const now = { chat: { peer: { ...peerOf(7), accessHash: "71" } } };
    for (const _ of [1, 2]) expect(await resolve(markedOf(7), { stale: peerOf(7) })).toMatchObject(now);
    expect(asked()).toEqual([DIALOGS, DIALOGS]);
    expect(await resolve(markedOf(7))).toMatchObject(now);
  });
});

describe("an invite link", () => {
  test("leads to the chat that the account is in, and joins nothing", async () => {
    const { resolve, requests } = resolving({ [INVITE]: [result(new Api.ChatInviteAlready({ chat: channel(7) }))] });
    expect(await resolve("+AbC-d_0123456789")).toMatchObject({ kind: "resolved", chat: { chatId: markedOf(7) } });
    expect(requests()).toMatchObject([{ className: INVITE, hash: "AbC-d_0123456789" }]);
  });

  test("of a chat that the account is not in, or of none, is refused", async () => {
    const invite = new Api.ChatInvite({
      title: "x",
      photo: new Api.PhotoEmpty({ id: bigInt.zero }),
      participantsCount: 2,
      color: 0,
    });
    expect(await resolving({ [INVITE]: [result(invite)] }).resolve("+AbCd")).toEqual(refused("pair", "NOT_A_MEMBER"));
    expect(await resolving({}).resolve("+AbCd")).toEqual(refusedWith("NO_ANSWER"));
  });
});

test("what is no reference leads nowhere, and nothing is asked", async () => {
  const { resolve, asked } = resolving({});
  for (const reference of ["shop", ""]) expect(await resolve(reference)).toEqual(refused("group", "NOT_A_REFERENCE"));
  expect(asked()).toEqual([]);
});

describe("which basic group a supergroup was", () => {
  test("it says itself, once", async () => {
    const { resolve, asked, requests } = resolving({
      [DIALOGS]: [listed(group(7, { username: "grown" }), group(8, { username: "young" }), channel(9))],
      [FULL]: [fullOf(7, 5), fullOf(8)],
    });
    for (const reference of ["@grown", markedOf(7)])
      expect(await resolve(reference)).toMatchObject({
        kind: "resolved",
        chat: { chatId: markedOf(7), migratedFrom: "-5" },
      });
    for (const reference of ["@young", markedOf(8)])
      expect(await resolve(reference)).toMatchObject({ kind: "resolved", chat: { migratedFrom: null } });
    expect(await resolve(markedOf(9))).toMatchObject({ kind: "resolved", chat: { kind: "channel" } });
    expect(asked()).toEqual([DIALOGS, FULL, FULL]);
    expect(requests(FULL)[0]).toMatchObject({ channel: { channelId: bigInt(7), accessHash: bigInt(70) } });
  });

  test("the account's chats say, where the old one is still among them", async () => {
    const { resolve, asked } = resolving({
      [DIALOGS]: [listed(basicGroup(5, { migratedTo: migratedTo(7) }), group(7))],
    });
    expect(await resolve(markedOf(7))).toMatchObject({ kind: "resolved", chat: { migratedFrom: "-5" } });
    expect(asked()).toEqual([DIALOGS]);
  });

  test("nobody says: then it is not resolved, and is asked again", async () => {
    const { resolve } = resolving({
      [DIALOGS]: [listed(group(7))],
      [FULL]: [refusedWith("TIMEOUT"), fullOf(7, 5)],
    });
    expect(await resolve(markedOf(7))).toEqual(refusedWith("TIMEOUT"));
    expect(await resolve(markedOf(7))).toMatchObject({ kind: "resolved", chat: { migratedFrom: "-5" } });
  });
});

describe("a basic group that became a supergroup", () => {
  const answers = (...whole: Array<Reply<unknown>>) => ({
    [DIALOGS]: [listed(basicGroup(5, { migratedTo: migratedTo(7) }))],
    [CHATS]: whole,
  });

  test("is as the supergroup says that it is now", async () => {
    const { resolve, requests } = resolving(answers(chats(group(7, { title: "Now", forum: true, username: "now" }))));
    expect(await resolve("-5")).toMatchObject({
      kind: "resolved",
      chat: { chatId: markedOf(7), title: "Now", forum: true, username: "now", migratedFrom: "-5" },
    });
    expect(requests(CHATS)).toMatchObject([{ id: [{ channelId: bigInt(7), accessHash: bigInt(70) }] }]);
  });

  test("is not resolved where that does not say it, or says that it is closed", async () => {
    expect(await resolving(answers()).resolve("-5")).toEqual(refusedWith("NO_ANSWER"));
    expect(await resolving(answers(chats())).resolve("-5")).toEqual(refused("pair", "CHANNEL_PRIVATE"));
    const gone = { ...refused("pair", "CHANNEL_PRIVATE"), stalePeer: true } as Reply<unknown>;
    expect(await resolving(answers(gone)).resolve("-5")).toEqual(refused("pair", "CHANNEL_PRIVATE"));
  });
});

describe("equal questions at once", () => {
  test("are one request, also for two topics of a chat, and two where they differ", async () => {
    const answer = found(inChannel(8), channel(8));
    const { resolve, asked } = resolving({ [DIALOGS]: [listed()], [SEARCH]: [answer, answer, answer, answer, answer] });
    await Promise.all([resolve("@news"), resolve("@news/5"), resolve("@news")]);
    expect(asked()).toEqual([DIALOGS, SEARCH]);
    const past = (ms: number) => ({ searchAfter: new Date(Date.now() - ms) });
    await Promise.all([
      resolve("@news", { stale: peerOf(7) }),
      resolve("@news", { stale: { ...peerOf(7), accessHash: "1" } }),
      resolve("@news", past(1)),
      resolve("@news", past(2)),
    ]);
    expect(asked()).toEqual([DIALOGS, ...Array.from({ length: 5 }, () => SEARCH)]);
  });

  test("are asked anew once the first is answered", async () => {
    const { resolve, asked } = resolving({
      [DIALOGS]: [listed()],
      [SEARCH]: [refusedWith("TIMEOUT"), found(inChannel(8), channel(8))],
    });
    expect(await resolve("@news")).toEqual(refusedWith("TIMEOUT"));
    expect(await resolve("@news")).toMatchObject({ kind: "resolved" });
    expect(asked()).toEqual([DIALOGS, SEARCH, SEARCH]);
  });
});
