// What a client asks of its account's link, and what it makes of the replies.
import type { Outcome } from "@herald/core";
import bigInt from "big-integer";
import { Api } from "telegram/tl/index.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AccountClient } from "../src/account-client.ts";
import type { Reply } from "../src/gram/account-link.ts";
import { AccountWaits } from "../src/gram/method-waits.ts";
import { basicGroup, channel, inChannel, refusedWith, result, scripted } from "./scripted.ts";

const FORWARD = "messages.ForwardMessages";
const SEND = "messages.SendMessage";
const HISTORY = "messages.GetHistory";
const SEARCH = "messages.Search";
const CHATS = "channels.GetChannels";

const NOW = new Date("2030-01-01T12:00:00Z");
const CALL_MS = 7_000;
const to = { type: "channel", id: "7", accessHash: "70" } as const;
const from = { type: "channel", id: "9", accessHash: "90" } as const;
const group = { type: "chat", id: "5", accessHash: null } as const;
const randomId = -5_000_000_000_000_000_001n;
const target = { to, topicId: undefined, randomId, mayStand: false };
const forward = { ...target, from, messageId: 33 };
const text = { ...target, text: "Hello" };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

function linked(
  answers: Record<string, Array<Reply<unknown>>> = {},
  clock: { aheadMs: number | undefined } = { aheadMs: 0 },
) {
  const { reply, asked } = scripted(answers);
  const pauses: number[] = [];
  const ends: string[] = [];
  const times = new Set<number>();
  const link = {
    ended: false,
    ...clock,
    invoke: (request: Api.AnyRequest, ms: number) => {
      times.add(ms);
      return reply(request);
    },
    pause: async (ms: number) => void pauses.push(ms),
    end: async (code: string) => void ends.push(code),
  };
  const client = new AccountClient(link, { callMs: CALL_MS, waits: new AccountWaits().of("a") });
  return { client, link, asked, methods: () => asked().map(({ className }) => className), pauses, ends, times };
}

const updates = (...list: Api.TypeUpdate[]) =>
  result(new Api.Updates({ updates: list, users: [], chats: [], date: 0, seq: 0 }));
const arrived = (id = 44) => updates(new Api.UpdateMessageID({ id, randomId: bigInt(randomId) }));
const sent = (messageId: number | null = 44) => ({ kind: "sent", messageId });
const flood = { kind: "flood_wait", seconds: 9, method: "any", code: "FLOOD_WAIT_9" } as const;
const TAKEN = { kind: "random_id_taken", code: "RANDOM_ID_DUPLICATE" } as const;
const refused = (code: string, more: { stalePeer?: boolean; unanswered?: true } = {}) =>
  ({
    kind: "group_refused",
    scope: "pair",
    suspect: false,
    ends: { kind: "daily" },
    stalePeer: false,
    code,
    ...more,
  }) as const;
const messages = (...list: Api.TypeMessage[]) =>
  result(new Api.messages.Messages({ messages: list, chats: [], users: [] }));
/** Our text, as the chat has it, written at this moment. */
const written = (id: number, at: number) =>
  new Api.Message({ id, peerId: inChannel(7), out: true, date: at, message: "Hello" });

describe("who it is", () => {
  const me = (user: Partial<Omit<Api.User, "id">>) =>
    linked({ "users.GetUsers": [result([new Api.User({ id: bigInt(1), ...user })])] });

  test("is asked of Telegram, within the time of a call", async () => {
    const { client, asked, times } = me({ username: "ann", firstName: "Ann", phone: "380441234567" });
    const account = { userId: "1", username: "ann", firstName: "Ann", phone: "380441234567" };
    expect(await client.me()).toEqual({ kind: "me", account });
    expect(asked()).toEqual([new Api.users.GetUsers({ id: [new Api.InputUserSelf()] })]);
    expect([...times]).toEqual([CALL_MS]);
  });

  test("may have no name but a bought one, or none", async () => {
    const usernames = [
      new Api.Username({ username: "old", active: false }),
      new Api.Username({ username: "new", active: true }),
    ];
    const nothing = { userId: "1", username: null, firstName: null, phone: null };
    expect(await me({ usernames }).client.me()).toEqual({ kind: "me", account: { ...nothing, username: "new" } });
    const bought = usernames.slice(0, 1);
    expect(await me({ usernames: bought }).client.me()).toEqual({ kind: "me", account: nothing });
    expect(await me({}).client.me()).toEqual({ kind: "me", account: nothing });
  });

  test("is told with nothing in its names that cannot be kept or misleads", async () => {
    const names = { username: "ann\0", firstName: "\u202eAnn\n" };
    expect(await me(names).client.me()).toMatchObject({ account: { username: "ann", firstName: "Ann" } });
    const invisible = { username: "\u200b", firstName: "\u3164" };
    expect(await me(invisible).client.me()).toMatchObject({ account: { username: null, firstName: null } });
  });

  test.each<[string, Reply<unknown>, unknown]>([
    ["not a user", result([new Api.UserEmpty({ id: bigInt(1) })]), refusedWith("NO_CLEAR_ANSWER")],
    ["nobody", result([]), refusedWith("NO_CLEAR_ANSWER")],
    ["what cannot be read", { kind: "unread", bytes: Buffer.alloc(4) }, refusedWith("UNREADABLE_ANSWER")],
    ["a wait", flood, flood],
  ])("is not known, where the answer is %s", async (_what, answer, refusal) => {
    expect(await linked({ "users.GetUsers": [answer] }).client.me()).toEqual(refusal);
  });
});

describe("a forward", () => {
  test.each([
    [undefined, undefined],
    [1, undefined],
    [5, 5],
  ])("to the topic %j goes under its random_id, to the topic %j", async (topicId, topMsgId) => {
    const { client, asked, times } = linked({ [FORWARD]: [arrived()] });
    expect(await client.forward({ ...forward, topicId })).toEqual(sent());
    expect(asked()).toHaveLength(1);
    expect(asked()[0]).toMatchObject({
      className: FORWARD,
      fromPeer: { channelId: bigInt(9), accessHash: bigInt(90) },
      toPeer: { channelId: bigInt(7), accessHash: bigInt(70) },
      id: [33],
      randomId: [bigInt(randomId)],
      topMsgId,
    });
    expect([...times]).toEqual([CALL_MS]);
  });

  test("that Telegram answers without a message is not known to have arrived", async () => {
    const nothing: Reply<unknown> = { kind: "unread", bytes: Buffer.alloc(32) };
    expect(await linked({ [FORWARD]: [updates()] }).client.forward(forward)).toEqual(refusedWith("NO_MESSAGE_ID"));
    expect(await linked({ [FORWARD]: [nothing] }).client.forward(forward)).toEqual(refusedWith("UNREADABLE_ANSWER"));
  });

  test("has arrived, where an answer that cannot be read names its message", async () => {
    const bytes = Buffer.alloc(32);
    bytes.writeUInt32LE(Api.UpdateMessageID.CONSTRUCTOR_ID, 4);
    bytes.writeInt32LE(44, 8);
    bytes.writeBigInt64LE(randomId, 12);
    expect(await linked({ [FORWARD]: [{ kind: "unread", bytes }] }).client.forward(forward)).toEqual(sent());
  });

  test("that is refused for a peer which is right does not ask of its source", async () => {
    const { client, methods } = linked({ [FORWARD]: [refused("TOPIC_CLOSED"), flood] });
    expect(await client.forward(forward)).toEqual(refused("TOPIC_CLOSED"));
    expect(await client.forward(forward)).toEqual(flood);
    expect(methods()).toEqual([FORWARD, FORWARD]);
  });

  describe("that is refused for a peer which may be out of date, its own or its source's,", () => {
    const stale = refused("CHANNEL_PRIVATE", { stalePeer: true });

    test("is the group's, where the source answers", async () => {
      const { client, asked } = linked({ [FORWARD]: [stale], [HISTORY]: [messages()] });
      expect(await client.forward(forward)).toEqual(stale);
      expect(asked(HISTORY)).toMatchObject([{ peer: { channelId: bigInt(9) }, limit: 1 }]);
    });

    test("is the source's, where that is refused: with what the forward left open, and nothing of the question", async () => {
      const closed = refused("CHANNEL_PRIVATE", { stalePeer: true });
      for (const [ofForward, ofSource] of [
        [stale, closed],
        [stale, { ...closed, unanswered: true }],
      ] as const)
        expect(await linked({ [FORWARD]: [ofForward], [HISTORY]: [ofSource] }).client.forward(forward)).toEqual({
          ...closed,
          source: true,
        });
      const open = { ...stale, unanswered: true as const };
      expect(await linked({ [FORWARD]: [open], [HISTORY]: [closed] }).client.forward(forward)).toEqual({
        ...closed,
        source: true,
        unanswered: true,
      });
    });
  });
});

describe("a text", () => {
  test.each([
    [undefined, undefined],
    [1, undefined],
    [5, new Api.InputReplyToMessage({ replyToMsgId: 5 })],
  ])("to the topic %j goes as it stands, with its previews", async (topicId, replyTo) => {
    const { client, asked } = linked({ [SEND]: [arrived()] });
    expect(await client.sendText({ ...text, topicId })).toEqual(sent());
    const [request] = asked();
    expect(request).toMatchObject({
      className: SEND,
      message: "Hello",
      peer: { channelId: bigInt(7) },
      randomId: bigInt(randomId),
      replyTo,
    });
    expect(request).toMatchObject({ noWebpage: undefined });
  });

  test("goes without them, under the same random_id, where the group refuses them; another refusal stays", async () => {
    const { client, asked } = linked({ [SEND]: [refused("CHAT_SEND_WEBPAGE_FORBIDDEN"), arrived()] });
    expect(await client.sendText(text)).toEqual(sent());
    expect(asked()).toMatchObject([
      { randomId: bigInt(randomId), noWebpage: undefined },
      { randomId: bigInt(randomId), noWebpage: true, message: "Hello" },
    ]);
    const other = linked({ [SEND]: [refused("TOPIC_CLOSED")] });
    expect(await other.client.sendText(text)).toEqual(refused("TOPIC_CLOSED"));
    expect(other.asked()).toHaveLength(1);
  });

  test("that is open after the first refusal stays open after the second one, and has arrived where it has", async () => {
    const open = refused("CHAT_SEND_WEBPAGE_FORBIDDEN", { unanswered: true });
    const wait = linked({ [SEND]: [open, flood] });
    expect(await wait.client.sendText(text)).toEqual({ ...flood, unanswered: true });
    const there = linked({ [SEND]: [open, arrived()] });
    expect(await there.client.sendText(text)).toEqual(sent());
    const known = linked({ [SEND]: [open, TAKEN, arrived()] });
    expect(await known.client.sendText(text)).toEqual(sent());
    const closed = linked({ [SEND]: [refused("CHAT_SEND_WEBPAGE_FORBIDDEN"), flood] });
    expect(await closed.client.sendText(text)).toEqual(flood);
    // nothing of it left before: the number is another message's
    const others = linked({ [SEND]: [refused("CHAT_SEND_WEBPAGE_FORBIDDEN"), TAKEN] });
    expect(await others.client.sendText(text)).toEqual(TAKEN);
    const earlier = linked({ [SEND]: [refused("CHAT_SEND_WEBPAGE_FORBIDDEN"), TAKEN, arrived()] });
    expect(await earlier.client.sendText({ ...text, mayStand: true })).toEqual(sent());
  });
});

describe("a random_id that is taken", () => {
  test("on a first try is another message's", async () => {
    const { client, methods, pauses } = linked({ [SEND]: [TAKEN, arrived()] });
    expect(await client.sendText(text)).toEqual(TAKEN);
    expect([methods(), pauses]).toEqual([[SEND], []]);
  });

  test.each([
    ["an earlier try", TAKEN, true],
    ["a call whose answer was lost", { ...TAKEN, unanswered: true as const }, false],
  ])("after %s is asked for again, when that may have ended", async (_what, taken, mayStand) => {
    const { client, methods, pauses } = linked({ [SEND]: [taken, arrived()] });
    expect(await client.sendText({ ...text, mayStand })).toEqual(sent());
    expect([methods(), pauses]).toEqual([[SEND, SEND], [2_000]]);
  });

  test.each<[string, Reply<unknown>, Outcome]>([
    ["a wait", flood, { ...flood, unanswered: true }],
    ["no message", updates(), { kind: "unknown", code: "NO_MESSAGE_ID", unanswered: true } as Outcome],
    ["what is not known", refusedWith("TIMEOUT"), { kind: "unknown", code: "TIMEOUT", unanswered: true } as Outcome],
  ])("and then gets %s: it may have arrived all the same", async (_what, answer, outcome) => {
    expect(await linked({ [SEND]: [TAKEN, answer] }).client.sendText({ ...text, mayStand: true })).toEqual(outcome);
  });

  describe("twice: it has arrived,", () => {
    const again = { ...text, mayStand: true };
    const seconds = (at: Date) => Math.floor(at.getTime() / 1000);

    test.each([
      [0, new Date(NOW.getTime() + 999), seconds(NOW)],
      [3_000_500, NOW, seconds(NOW) + 3_000],
      [-3_000_500, NOW, seconds(NOW) - 3_001],
    ])("and is found by the time of Telegram's clock, %i ms ahead of ours", async (aheadMs, firstTriedAt, since) => {
      for (const [at, messageId] of [
        [since, 55],
        [since - 1, null],
      ] as const) {
        const { client } = linked({ [SEND]: [TAKEN, TAKEN], [HISTORY]: [messages(written(55, at))] }, { aheadMs });
        expect(await client.sendText({ ...again, firstTriedAt })).toEqual(sent(messageId));
      }
    });

    test("and not before now, where no earlier try is named", async () => {
      for (const [at, messageId] of [
        [seconds(NOW), 55],
        [seconds(NOW) - 1, null],
      ] as const) {
        const { client } = linked({ [SEND]: [TAKEN, TAKEN], [HISTORY]: [messages(written(55, at))] });
        expect(await client.sendText(again)).toEqual(sent(messageId));
      }
    });

    test("also without its preview", async () => {
      const { client } = linked({
        [SEND]: [refused("CHAT_SEND_WEBPAGE_FORBIDDEN"), TAKEN, TAKEN],
        [HISTORY]: [messages(written(55, seconds(NOW)))],
      });
      expect(await client.sendText(again)).toEqual(sent(55));
    });

    test("in its topic, and in none where that is the general one", async () => {
      const inTopic = (topicId: number) => {
        const search = linked({ [SEND]: [TAKEN, TAKEN], [SEARCH]: [messages()] });
        return search.client.sendText({ ...again, topicId }).then(() => search.asked(SEARCH));
      };
      expect(await inTopic(5)).toMatchObject([{ topMsgId: 5 }]);
      expect(await inTopic(1)).toMatchObject([{ topMsgId: undefined }]);
    });

    test("and nobody looks for it where Telegram told no time", async () => {
      const answers = { [SEND]: [TAKEN, TAKEN], [HISTORY]: [messages(written(55, 2e9))] };
      const { client, methods } = linked(answers, { aheadMs: undefined });
      expect(await client.sendText(again)).toEqual(sent(null));
      expect(methods()).toEqual([SEND, SEND]);
    });

    test("and a forward of it is found by its source", async () => {
      const fwdFrom = new Api.MessageFwdHeader({ date: 1, fromId: inChannel(9), channelPost: 33 });
      const message = new Api.Message({
        id: 55,
        peerId: inChannel(7),
        out: true,
        date: seconds(NOW),
        message: "",
        fwdFrom,
      });
      const { client } = linked({ [FORWARD]: [TAKEN, TAKEN], [HISTORY]: [messages(message)] });
      expect(await client.forward({ ...forward, mayStand: true })).toEqual(sent(55));
    });
  });
});

describe("the end of a refusal", () => {
  const muted = channel(7, { bannedRights: new Api.ChatBannedRights({ sendMessages: true, untilDate: 2e9 }) });
  const chats = (...list: Api.TypeChat[]) => result(new Api.messages.Chats({ chats: list }));
  const ends = { kind: "at", at: new Date(2e12) };
  const BANNED = refused("USER_BANNED_IN_CHANNEL");

  test("is what the chat says, of a text and of a forward", async () => {
    const { client, asked } = linked({ [SEND]: [BANNED], [FORWARD]: [BANNED], [CHATS]: [chats(muted), chats(muted)] });
    expect(await client.sendText(text)).toEqual({ ...BANNED, ends });
    expect(await client.forward(forward)).toEqual({ ...BANNED, ends });
    expect(asked(CHATS)).toHaveLength(2);
    expect(asked(CHATS)[0]).toMatchObject({ id: [{ channelId: bigInt(7), accessHash: bigInt(70) }] });
  });

  test("of a text that went without its preview, too, with what is open", async () => {
    const open = refused("CHAT_SEND_WEBPAGE_FORBIDDEN", { unanswered: true });
    const { client } = linked({ [SEND]: [open, BANNED], [CHATS]: [chats(muted)] });
    expect(await client.sendText(text)).toEqual({ ...BANNED, ends, unanswered: true });
  });

  test.each<[string, Reply<unknown>]>([
    ["does not answer", refusedWith("TIMEOUT")],
    ["is not told", chats()],
    ["says nothing of it", chats(channel(7))],
    ["is another kind", chats(basicGroup(7))],
  ])("is the error's own, where the chat %s", async (_what, answer) => {
    expect(await linked({ [SEND]: [BANNED], [CHATS]: [answer] }).client.sendText(text)).toEqual(BANNED);
  });

  test("is not asked for where no chat could say it", async () => {
    const { client, methods } = linked({ [SEND]: [refused("TOPIC_CLOSED"), BANNED, flood] });
    expect(await client.sendText(text)).toEqual(refused("TOPIC_CLOSED"));
    expect(await client.sendText({ ...text, to: group })).toEqual(BANNED);
    expect(await client.sendText(text)).toEqual(flood);
    expect(methods()).toEqual([SEND, SEND, SEND]);
  });
});

describe("a look-up", () => {
  test("that has to wait is not made before the end, and only its method waits", async () => {
    const list = result(new Api.messages.Dialogs({ dialogs: [], messages: [], chats: [channel(7)], users: [] }));
    const { client, methods } = linked({ "messages.GetDialogs": [list], "contacts.ResolveUsername": [flood] });
    expect(await client.resolve("@news")).toEqual({ ...flood, method: "lookup" });
    expect(await client.resolve("@news")).toEqual({ ...flood, method: "lookup", code: "LOOKUPS_WAIT" });
    expect(await client.resolve("-1000000000007")).toMatchObject({ kind: "resolved" });
    expect(methods()).toEqual(["messages.GetDialogs", "contacts.ResolveUsername"]);
  });

  test("of a send's own wait knows nothing", async () => {
    const { client } = linked({ [SEND]: [flood, arrived()] });
    expect(await client.sendText(text)).toEqual(flood);
    expect(await client.sendText(text)).toEqual(sent());
  });
});

test("it has ended when its link has, and closing it ends that", async () => {
  const { client, link, ends } = linked();
  expect(client.ended).toBe(false);
  link.ended = true;
  expect(client.ended).toBe(true);
  await client.close();
  expect(ends).toEqual(["CLOSED"]);
});
