// Which message is taken for the one whose answer was lost, and which are not.
import bigInt from "big-integer";
import { Api } from "telegram/tl/index.js";
import { expect, test } from "vitest";
import type { Invoke } from "../src/gram/dialogs.ts";
import { findOwnMessage, type Posted } from "../src/gram/own-message.ts";

const SINCE = 1_000;
const to = { type: "channel", id: "7", accessHash: "1" } as const;
const from = { type: "channel", id: "9", accessHash: "1" } as const;
const FORWARD: Posted = { from, messageId: 33 };
const TEXT: Posted = { text: "Hello" };

const peerId = new Api.PeerChannel({ channelId: bigInt(7) });
const origin = (channelId: number, more: { channelPost?: number } = {}) =>
  new Api.MessageFwdHeader({ date: 1, fromId: new Api.PeerChannel({ channelId: bigInt(channelId) }), ...more });
const replyTo = (more: { replyToTopId?: number; replyToMsgId?: number }) => ({
  replyTo: new Api.MessageReplyHeader(more),
});
const inTopic = (replyToTopId: number) => replyTo({ replyToTopId });

const own = (more: Partial<Api.Message> = {}) =>
  new Api.Message({ id: 1, peerId, out: true, date: SINCE, message: "Hello", ...more });
const forwarded = (more: Partial<Api.Message> = {}) =>
  own({ message: "The post", fwdFrom: origin(9, { channelPost: 33 }), ...more });

const page = (messages: Api.TypeMessage[]) =>
  new Api.messages.MessagesSlice({ count: messages.length, messages, chats: [], users: [] });

/** Telegram, with what was written last by anyone, and then by the account alone; null: it does not answer. */
function asked(newest: Api.messages.TypeMessages | null, ownOnes: Api.messages.TypeMessages | null) {
  const answers = [newest, ownOnes];
  const requests: Api.AnyRequest[] = [];
  const invoke: Invoke = async (request) => {
    requests.push(request);
    const value = answers.shift();
    return value ? { kind: "result", value } : { kind: "unknown", code: "NO_ANSWER" };
  };
  return { invoke, requests };
}
const find = (messages: Api.TypeMessage[], posted: Posted, topicId?: number) =>
  findOwnMessage(asked(page(messages), null).invoke, posted, { to, topicId, since: SINCE });

test.each<[string, Api.Message, Posted, number | undefined]>([
  ["a text", own(), TEXT, undefined],
  ["a text with blanks round it", own({ message: " Hello\n" }), { text: "\tHello " }, undefined],
  ["a forward", forwarded(), FORWARD, undefined],
  ["one that is younger than the first try", own({ date: SINCE + 1 }), TEXT, undefined],
  ["one in its topic", own(inTopic(5)), TEXT, 5],
  ["the first one in its topic", own(replyTo({ replyToMsgId: 5 })), TEXT, 5],
  ["a reply in its topic", own(replyTo({ replyToTopId: 5, replyToMsgId: 77 })), TEXT, 5],
])("%s is found", async (_what, message, posted, topicId) => {
  expect(await find([own({ id: 9, message: "Another" }), message], posted, topicId)).toBe(1);
});

test.each<[string, Api.TypeMessage, Posted, number | undefined]>([
  ["somebody else's", own({ out: false }), TEXT, undefined],
  ["one before the first try", own({ date: SINCE - 1 }), TEXT, undefined],
  ["another text", own({ message: "Hello!" }), TEXT, undefined],
  ["the same text, forwarded", own({ fwdFrom: origin(9, { channelPost: 33 }) }), TEXT, undefined],
  ["the same text in another topic", own(inTopic(6)), TEXT, 5],
  ["the same text in no topic", own(), TEXT, 5],
  ["the same text in a topic", own(inTopic(5)), TEXT, undefined],
  ["another post of the source", forwarded({ fwdFrom: origin(9, { channelPost: 34 }) }), FORWARD, undefined],
  [
    "the post of that number of another source",
    forwarded({ fwdFrom: origin(8, { channelPost: 33 }) }),
    FORWARD,
    undefined,
  ],
  ["a forward that does not name its post", forwarded({ fwdFrom: origin(9) }), FORWARD, undefined],
  [
    "a forward of a hidden source",
    forwarded({ fwdFrom: new Api.MessageFwdHeader({ date: 1, channelPost: 33 }) }),
    FORWARD,
    undefined,
  ],
  ["no forward", own(), FORWARD, undefined],
  ["what is no message", new Api.MessageEmpty({ id: 1, peerId }), TEXT, undefined],
  [
    "what the chat says of itself",
    new Api.MessageService({ id: 1, out: true, date: SINCE, peerId, action: new Api.MessageActionPinMessage() }),
    TEXT,
    undefined,
  ],
])("%s is not taken for it", async (_what, message, posted, topicId) => {
  expect(await find([message], posted, topicId)).toBeUndefined();
});

test("the newest is the one, and one request is enough", async () => {
  const { invoke, requests } = asked(page([own({ id: 8 }), own({ id: 7 })]), page([own({ id: 6 })]));
  expect(await findOwnMessage(invoke, TEXT, { to, topicId: undefined, since: SINCE })).toBe(8);
  expect(requests).toHaveLength(1);
  expect(requests[0]).toBeInstanceOf(Api.messages.GetHistory);
  expect(requests[0]).toMatchObject({ peer: { channelId: bigInt(7) }, limit: 100 });
});

test.each([
  ["is not among what was written last", page([own({ message: "Another" })])],
  ["is asked for in vain", null],
  ["is said to be as it was", new Api.messages.MessagesNotModified({ count: 0 })],
])("where it %s, the account's own messages are looked through", async (_what, newest) => {
  for (const topicId of [undefined, 5]) {
    const found = own({ id: 6, ...(topicId === undefined ? {} : inTopic(topicId)) });
    const { invoke, requests } = asked(newest, page([found]));
    expect(await findOwnMessage(invoke, TEXT, { to, topicId, since: SINCE })).toBe(6);
    const [, search] = requests;
    expect(search).toBeInstanceOf(Api.messages.Search);
    expect(search).toMatchObject({
      q: "",
      limit: 100,
      peer: { channelId: bigInt(7) },
      fromId: new Api.InputPeerSelf(),
      topMsgId: topicId,
    });
  }
});

test("where neither has it, it is not found", async () => {
  const { invoke, requests } = asked(page([]), page([]));
  expect(await findOwnMessage(invoke, TEXT, { to, topicId: undefined, since: SINCE })).toBeUndefined();
  expect(requests).toHaveLength(2);
});
