import bigInt from "big-integer";
import { Api } from "telegram/tl/index.js";
import { expect, test } from "vitest";
import { sentMessageId } from "../src/gram/sent-message.ts";

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
  ["is not there, where only another's is named", updates(named(1, another)), undefined],
  ["is not there, where nothing is", updates(), undefined],
])("our message %s", (_what, answer, id) => {
  expect(sentMessageId(answer, ours)).toBe(id);
});
