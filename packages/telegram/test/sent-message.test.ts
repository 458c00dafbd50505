import bigInt from "big-integer";
import { Api } from "telegram/tl/index.js";
import { describe, expect, test } from "vitest";
import { sentMessageId, sentMessageIdIn } from "../src/gram/sent-message.ts";

const ours = bigInt("-5000000000000000001");
const another = bigInt(42);
const chat = new Api.PeerChat({ chatId: bigInt(1) });
const message = (id: number) => new Api.Message({ id, peerId: chat, date: 0, message: "" });
const named = (id: number, randomId: bigInt.BigInteger) => new Api.UpdateMessageID({ id, randomId });
const updates = (...list: Api.TypeUpdate[]) =>
  new Api.Updates({ updates: list, users: [], chats: [], date: 0, seq: 0 });
const inChannel = (id: number) => new Api.UpdateNewChannelMessage({ message: message(id), pts: 1, ptsCount: 1 });
const inChat = (id: number) => new Api.UpdateNewMessage({ message: message(id), pts: 1, ptsCount: 1 });

test.each<[string, Api.TypeUpdates, number | undefined]>([
  ["is named by its random_id, whatever stands before", updates(inChannel(3), named(1, another), named(2, ours)), 2],
  [
    "is named in combined updates as well",
    new Api.UpdatesCombined({ updates: [named(2, ours)], users: [], chats: [], date: 0, seqStart: 0, seq: 0 }),
    2,
  ],
  ["is named by a single update", new Api.UpdateShort({ update: named(2, ours), date: 0 }), 2],
  ["is the only one that there is", new Api.UpdateShortSentMessage({ id: 7, pts: 1, ptsCount: 1, date: 0 }), 7],
  ["is the new one of a channel, where no random_id is named", updates(inChannel(4)), 4],
  ["is the new one of a chat, where no random_id is named", updates(inChat(5)), 5],
  ["is not the one that names no random_id", updates(new Api.UpdateMessageID({ id: 1 }), named(2, ours)), 2],
  ["is not there, where only another's is named", updates(named(1, another)), undefined],
  ["is not there, where nothing is", updates(), undefined],
])("our message %s", (_what, answer, id) => {
  expect(sentMessageId(answer, ours)).toBe(id);
});

describe("in an answer that cannot be read, our message", () => {
  const word = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return bytes;
  };
  const number = Buffer.alloc(8);
  number.writeBigInt64LE(-5_000_000_000_000_000_001n);
  const name = word(Api.UpdateMessageID.CONSTRUCTOR_ID | 0);
  const naming = [name, word(9), number];

  test.each<[string, Buffer[], number | undefined]>([
    ["is named by its random_id", naming, 9],
    ["is named behind what is not known", [word(1), ...naming, word(2)], 9],
    ["is named behind the same number, which stands at the beginning", [number, ...naming], 9],
    ["is named behind the same number, which something else has", [word(1), word(2), number, ...naming], 9],
    ["is not named by the number alone", [number], undefined],
    ["is not named by the number of something else", [word(1), word(2), number], undefined],
    ["is not named where there is no room for it", [word(9), number], undefined],
    ["is not there, where another's is named", [name, word(9), word(1), word(2)], undefined],
  ])("%s", (_what, parts, id) => {
    expect(sentMessageIdIn(Buffer.concat(parts), ours)).toBe(id);
  });
});
