// The account's list of chats: what a page says, what it only mentions, and how far it is read.
import bigInt from "big-integer";
import { Api } from "telegram/tl/index.js";
import { describe, expect, test } from "vitest";
import type { Reply } from "../src/gram/account-link.ts";
import { Dialogs, type Invoke } from "../src/gram/dialogs.ts";
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

const GET = "messages.GetDialogs";

const whole = (...chats: Api.TypeChat[]) => new Api.messages.Dialogs({ dialogs: [], messages: [], chats, users: [] });

/** Dialogs that are read from these answers, and the requests for them. */
function reading(...pages: Array<Reply<unknown>>) {
  const { reply, asked } = scripted({ [GET]: pages });
  const invoke: Invoke = async (request) => {
    const answer = await reply(request);
    return answer.kind === "unread" ? refusedWith("UNREADABLE_ANSWER") : answer;
  };
  return { dialogs: new Dialogs(invoke), asked: () => asked(GET) };
}
const dialogsOf = (...chats: Api.TypeChat[]) => reading(result(whole(...chats))).dialogs;

const NOT_A_MEMBER = {
  kind: "group_refused",
  scope: "pair",
  suspect: false,
  ends: { kind: "daily" },
  stalePeer: false,
  code: "NOT_A_MEMBER",
};

describe("a page of it", () => {
  const full = channel(7, { username: "talkroom", title: "Talk" });
  const min = channel(7, { username: "talkroom", title: "Talk, mentioned", min: true, accessHash: bigInt(2) });

  test("only mentions a channel: it is no chat of the account, neither by its id nor by its name", async () => {
    expect(await dialogsOf(min).find(markedOf(7))).toEqual(NOT_A_MEMBER);
    expect(await dialogsOf(min).named("talkroom")).toBeUndefined();
  });

  test("mentions one that is: that takes nothing from it", async () => {
    const dialogs = dialogsOf(full, min);
    const chat = { title: "Talk", peer: { accessHash: "70" } };
    expect(await dialogs.find(markedOf(7))).toMatchObject({ kind: "resolved", chat });
    expect(await dialogs.named("talkroom")).toMatchObject({ kind: "resolved", chat });
  });

  test("has chats of every kind, by id and, in any case, by each of their names", async () => {
    const names = [new Api.Username({ username: "Second", active: true })];
    const dialogs = dialogsOf(channel(7, { username: "First", usernames: names }), basicGroup(5), channel(8));
    for (const id of [markedOf(7), markedOf(8), "-5"])
      expect(await dialogs.find(id)).toMatchObject({ kind: "resolved", chat: { chatId: id } });
    for (const name of ["first", "FIRST", "Second"])
      expect(await dialogs.named(name)).toMatchObject({ kind: "resolved", chat: { chatId: markedOf(7) } });
    expect(await dialogs.named("third")).toBeUndefined();
  });

  test("has a basic group that became a supergroup under its old id, and says which it was", async () => {
    const migratedTo = new Api.InputChannel({ channelId: bigInt(7), accessHash: bigInt(70) });
    const dialogs = dialogsOf(
      new Api.ChatForbidden({ id: bigInt(4), title: "closed" }),
      basicGroup(5, { migratedTo }),
      channel(8),
    );
    expect(await dialogs.find("-5")).toMatchObject({ chat: { chatId: markedOf(7), migratedFrom: "-5" } });
    expect(await dialogs.find(markedOf(7))).toEqual(NOT_A_MEMBER);
    expect(await dialogs.find("-4")).toEqual(NOT_A_MEMBER);
    expect([dialogs.formerOf(markedOf(7)), dialogs.formerOf(markedOf(8))]).toEqual(["-5", undefined]);
  });

  test("is asked for from the beginning, a hundred at once, and not for what was read", async () => {
    const { dialogs, asked } = reading(result(whole(channel(7))), result(whole(channel(9))));
    await dialogs.find(markedOf(7));
    expect(await dialogs.find(markedOf(9))).toEqual(NOT_A_MEMBER);
    expect(asked()).toHaveLength(1);
    expect(asked()[0]).toMatchObject({
      offsetDate: 0,
      offsetId: 0,
      offsetPeer: new Api.InputPeerEmpty(),
      limit: 100,
      hash: bigInt.zero,
    });
  });

  test("is not changed, as Telegram says: there is nothing in it", async () => {
    const { dialogs, asked } = reading(result(new Api.messages.DialogsNotModified({ count: 3 })));
    expect(await dialogs.find(markedOf(7))).toEqual(NOT_A_MEMBER);
    expect(await dialogs.find(markedOf(7))).toEqual(NOT_A_MEMBER);
    expect(asked()).toHaveLength(1);
  });

  test("is refused: that is what is known, and it is asked for again", async () => {
    const flood = { kind: "flood_wait", seconds: 9, method: "lookup", code: "FLOOD_WAIT_9" } as const;
    const { dialogs, asked } = reading(flood, flood, result(whole(channel(7, { username: "talk" }))));
    expect(await dialogs.find(markedOf(7))).toEqual(flood);
    expect(await dialogs.named("talk")).toEqual(flood);
    expect(await dialogs.find(markedOf(7))).toMatchObject({ kind: "resolved" });
    expect(asked()).toHaveLength(3);
  });

  test("is read once for all who ask meanwhile", async () => {
    const { dialogs, asked } = reading(result(whole(channel(7), channel(8))));
    const both = await Promise.all([dialogs.find(markedOf(7)), dialogs.find(markedOf(8))]);
    expect(both.map(({ kind }) => kind)).toEqual(["resolved", "resolved"]);
    expect(asked()).toHaveLength(1);
  });
});

describe("the pages of it", () => {
  const settings = { notifySettings: new Api.PeerNotifySettings({}), readInboxMaxId: 0, readOutboxMaxId: 0 };
  const counts = { unreadCount: 0, unreadMentionsCount: 0, unreadReactionsCount: 0 };
  const dialog = (peer: Api.TypePeer, topMessage: number) =>
    new Api.Dialog({ ...settings, ...counts, peer, topMessage });
  const message = (peerId: Api.TypePeer, id: number, date = id * 10) =>
    new Api.Message({ id, peerId, date, message: "" });
  /** Channels `first` to `first + 99`, each with its newest message, the page before more. */
  const slice = (
    first: number,
    change: (page: ConstructorParameters<typeof Api.messages.DialogsSlice>[0]) => void = () => {},
  ) => {
    const ids = Array.from({ length: 100 }, (_, n) => first + n);
    const page: ConstructorParameters<typeof Api.messages.DialogsSlice>[0] = {
      count: 1_000,
      dialogs: ids.map((id) => dialog(inChannel(id), id)),
      messages: ids.map((id) => message(inChannel(id), id)),
      chats: ids.map((id) => channel(id, { username: `name_${id}` })),
      users: [],
    };
    change(page);
    return result(new Api.messages.DialogsSlice(page));
  };
  const offsetOf = (request: unknown) => {
    if (!(request instanceof Api.messages.GetDialogs)) throw new Error("It asked for something else.");
    const { offsetId, offsetDate, offsetPeer } = request;
    return { offsetId, offsetDate, offsetPeer };
  };
  /** Where it reads on after this page. */
  const readOn = async (page: Reply<unknown>) => {
    const { dialogs, asked } = reading(page, result(whole(channel(777))));
    const found = await dialogs.find(markedOf(777));
    const [, second] = asked();
    return second === undefined ? { found } : { found, offset: offsetOf(second) };
  };
  const at = (id: number, offsetPeer: Api.TypeInputPeer) => ({ offsetId: id, offsetDate: id * 10, offsetPeer });
  const peerOf = (id: number) => new Api.InputPeerChannel({ channelId: bigInt(id), accessHash: bigInt(id * 10) });

  test("are read on from the last dialog, as far as what is looked for", async () => {
    const { dialogs, asked } = reading(slice(1), slice(101), slice(201));
    expect(await dialogs.find(markedOf(150))).toMatchObject({ kind: "resolved" });
    expect(asked()).toHaveLength(2);
    expect(asked().slice(1).map(offsetOf)).toEqual([at(100, peerOf(100))]);
    expect(await dialogs.find(markedOf(201))).toMatchObject({ kind: "resolved" });
    expect(asked().slice(2).map(offsetOf)).toEqual([at(200, peerOf(200))]);
  });

  test("end with one that is not full", async () => {
    const { found, offset } = await readOn(slice(1, (page) => page.dialogs.pop()));
    expect([found, offset]).toEqual([NOT_A_MEMBER, undefined]);
  });

  test.each<[string, (page: ConstructorParameters<typeof Api.messages.DialogsSlice>[0]) => void]>([
    ["a message", (page) => page.messages.pop()],
    [
      "a message that is still there",
      (page) => page.messages.splice(99, 1, new Api.MessageEmpty({ id: 100, peerId: inChannel(100) })),
    ],
    ["a message of its own", (page) => page.messages.splice(99, 1, message(inChat(100), 100))],
    ["a chat that is known", (page) => page.chats.pop()],
    ["a chat that can be named", (page) => page.chats.splice(99, 1, basicGroup(100))],
  ])("are read on from the last but one, where the last has not %s", async (_what, change) => {
    const { found, offset } = await readOn(slice(1, change));
    expect(offset).toEqual(at(99, peerOf(99)));
    expect(found).toMatchObject({ kind: "resolved" });
  });

  test("end where none can be read on from", async () => {
    const { found, offset } = await readOn(slice(1, (page) => page.messages.splice(0)));
    expect([found, offset]).toEqual([NOT_A_MEMBER, undefined]);
  });

  test.each<[string, Api.TypePeer, Partial<{ chats: Api.TypeChat[]; users: Api.TypeUser[] }>, Api.TypeInputPeer]>([
    ["a basic group", inChat(500), {}, new Api.InputPeerChat({ chatId: bigInt(500) })],
    [
      "a channel that is closed",
      inChannel(500),
      { chats: [new Api.ChannelForbidden({ id: bigInt(500), accessHash: bigInt(3), title: "x" })] },
      new Api.InputPeerChannel({ channelId: bigInt(500), accessHash: bigInt(3) }),
    ],
    [
      "a person",
      withUser(500),
      { users: [new Api.User({ id: bigInt(500), accessHash: bigInt(4) })] },
      new Api.InputPeerUser({ userId: bigInt(500), accessHash: bigInt(4) }),
    ],
    [
      "a person without an access hash",
      withUser(500),
      { users: [new Api.User({ id: bigInt(500) })] },
      new Api.InputPeerUser({ userId: bigInt(500), accessHash: bigInt.zero }),
    ],
  ])("are read on from %s", async (_what, peer, { chats = [], users = [] }, inputPeer) => {
    const page = slice(1, (page) => {
      page.dialogs.splice(99, 1, dialog(peer, 500));
      // numbers are counted for each account, and for each channel again: another chat's 500 is not this one's
      for (const other of [inChannel(1), inChat(1), withUser(1)]) page.messages.push(message(other, 500, 1));
      page.messages.push(new Api.MessageEmpty({ id: 500 }), message(peer, 499, 1), message(peer, 500));
      page.chats.push(...chats);
      page.users.push(new Api.User({ id: bigInt(1) }), ...users);
    });
    expect((await readOn(page)).offset).toEqual(at(500, inputPeer));
  });

  test("are not read on from a person who is gone", async () => {
    const page = slice(1, (page) => {
      page.dialogs.splice(99, 1, dialog(withUser(500), 500));
      page.messages.push(message(withUser(500), 500));
      page.users.push(new Api.UserEmpty({ id: bigInt(500) }));
    });
    expect((await readOn(page)).offset).toEqual(at(99, peerOf(99)));
  });

  test("are read for a name up to ten in all, and for an id up to a hundred", async () => {
    /** Page `n`, of which only the last chat is told. */
    const brief = (n: number) =>
      slice(n * 100 + 1, (page) => {
        page.messages.splice(0, 99);
        page.chats.splice(0, 99);
      });
    const { dialogs, asked } = reading(...Array.from({ length: 101 }, (_, n) => brief(n)));
    expect(await dialogs.named("name_1000")).toMatchObject({ kind: "resolved" });
    expect(await dialogs.named("name_1100")).toBeUndefined();
    expect(asked()).toHaveLength(10);
    expect(await dialogs.find(markedOf(10_000))).toMatchObject({ kind: "resolved" });
    expect(await dialogs.find(markedOf(10_100))).toEqual(NOT_A_MEMBER);
    expect(asked()).toHaveLength(100);
    expect(await dialogs.named("name_1100")).toMatchObject({ kind: "resolved" });
  });
});
