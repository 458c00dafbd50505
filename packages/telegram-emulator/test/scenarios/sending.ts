import { expect } from "vitest";
import {
  fired,
  forward,
  idsIn,
  isNewMessage,
  messagesIn,
  nextUpdate,
  peerTo,
  randomId,
  refused,
  type Scenario,
  send,
} from "./stage.ts";

/** Forums came with layer 148, topics of forwards with 149. */
const FORUM_LAYER = 149;

export const sendingScenarios: Scenario[] = [
  {
    name: "a text stands in the group, and the record tells of it",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      const id = randomId();
      const sent = await send(client, peerTo(stage.alice, stage.talk), "hello", id);
      expect(messagesIn(sent).map((message) => message.message)).toEqual(["hello"]);
      const [entry] = stage.emulator.record.entries();
      expect(entry).toMatchObject({
        ...{ seq: 1, accountId: stage.alice.id, chatId: stage.talk.markedId, randomId: String(id), text: "hello" },
        messageId: idsIn(sent)[0],
      });
      const history = await client.invoke("messages.getHistory", {
        peer: peerTo(stage.alice, stage.talk),
        ...{ offset_id: 0, offset_date: 0, add_offset: 0, limit: 10, max_id: 0, min_id: 0, hash: 0n },
      });
      expect(history.messages.map((message: { message: string }) => message.message)).toEqual(["hello"]);
      await refused(send(client, peerTo(stage.alice, stage.talk), " "), "MESSAGE_EMPTY");
      // counted in code points: an emoji is one
      await send(client, peerTo(stage.alice, stage.talk), "😀".repeat(4096));
      await refused(send(client, peerTo(stage.alice, stage.talk), "😀".repeat(4097)), "MESSAGE_TOO_LONG");
    },
  },
  {
    name: "a channel's post is forwarded with its origin",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      const sent = await forward(client, peerTo(stage.alice, stage.news), peerTo(stage.alice, stage.talk), [2]);
      const [message] = messagesIn(sent);
      expect(message?.message).toBe("second");
      expect(Number(message?.fwd_from.from_id.channel_id)).toBe(stage.news.id);
      expect(message?.fwd_from.channel_post).toBe(2);
      const source = { chatId: stage.news.markedId, messageId: 2 };
      expect(stage.emulator.record.entries()[0]?.source).toEqual(source);
    },
  },
  {
    name: "a forward without author has no origin",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      const to = peerTo(stage.alice, stage.talk);
      const sent = await forward(client, peerTo(stage.alice, stage.news), to, [2], { drop_author: true });
      expect(messagesIn(sent)[0]?.fwd_from ?? undefined).toBeUndefined();
    },
  },
  {
    name: "a repeated random_id gives the first message, also to another session of the account",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      const other = await stage.as(stage.alice, 1);
      const from = peerTo(stage.alice, stage.news);
      const to = peerTo(stage.alice, stage.talk);
      const random_id = [randomId()];
      const first = await forward(client, from, to, [1], { random_id });
      const again = await forward(client, from, to, [1], { random_id });
      const elsewhere = await forward(other, from, to, [1], { random_id });
      expect(idsIn(again)).toEqual(idsIn(first));
      expect(idsIn(elsewhere)).toEqual(idsIn(first));
      expect(stage.talk.messages.size).toBe(1);
      expect(stage.emulator.record.size).toBe(1);
    },
  },
  {
    name: "a random_id counts for one peer and one account",
    run: async (stage) => {
      const second = stage.world.supergroup({ title: "Second", members: [stage.alice] });
      const alice = await stage.as(stage.alice);
      const bob = await stage.as(stage.bob);
      const id = randomId();
      await send(alice, peerTo(stage.alice, stage.talk), "one", id);
      await send(alice, peerTo(stage.alice, second), "two", id);
      await send(bob, peerTo(stage.bob, stage.talk), "three", id);
      expect(stage.emulator.record.entries().map((entry) => entry.text)).toEqual(["one", "two", "three"]);
    },
  },
  {
    name: "RANDOM_ID_DUPLICATE is given only while the first call runs",
    leftOut: { Telethon: "it repeats calls after errors of kind 500, and hides the error" },
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      // Libraries chain the sends of one client, so the second one comes from another session.
      const other = await stage.as(stage.alice, 1);
      const to = peerTo(stage.alice, stage.talk);
      const id = randomId();
      stage.emulator.faults.add({ method: "messages.sendMessage", times: 1, action: { delayMs: 500 } });
      const slow = send(client, to, "slow", id);
      await fired(stage);
      await refused(send(other, to, "slow", id), "RANDOM_ID_DUPLICATE");
      const first = await slow;
      expect(idsIn(await send(client, to, "slow", id))).toEqual(idsIn(first));
      expect(stage.emulator.record.size).toBe(1);
    },
  },
  {
    name: "a repeated random_id is an error where the world says so, and makes nothing",
    leftOut: { Telethon: "it repeats calls after errors of kind 500, and hides the error" },
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      const from = peerTo(stage.alice, stage.news);
      const to = peerTo(stage.alice, stage.talk);
      const [known, fresh] = [randomId(), randomId()];
      await send(client, to, "once", known);
      stage.world.randomIds.repeatsGet = "RANDOM_ID_DUPLICATE";
      await refused(send(client, to, "once", known), "RANDOM_ID_DUPLICATE");
      await refused(forward(client, from, to, [1, 2], { random_id: [fresh, known] }), "RANDOM_ID_DUPLICATE");
      await forward(client, from, to, [1], { random_id: [fresh] });
      expect(stage.emulator.record.size).toBe(2);
    },
  },
  {
    name: "an album stays an album when it is forwarded",
    run: async (stage) => {
      const ids = stage.news.postAlbum([{ kind: "photo", text: "caption" }, { kind: "photo" }, { kind: "video" }]);
      const client = await stage.as(stage.alice);
      const sent = await forward(client, peerTo(stage.alice, stage.news), peerTo(stage.alice, stage.talk), ids);
      const groups = new Set(messagesIn(sent).map((message) => String(message.grouped_id)));
      expect(groups.size).toBe(1);
      expect([...groups][0]).not.toBe(String(stage.news.messages.get(ids[0] as number)?.groupedId));
      expect(messagesIn(sent).map((message) => message.media._)).toEqual([
        ...["messageMediaPhoto", "messageMediaPhoto", "messageMediaDocument"],
      ]);
    },
  },
  {
    name: "what is gone can't be forwarded, the rest is",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      stage.news.delete(1);
      const from = peerTo(stage.alice, stage.news);
      const to = peerTo(stage.alice, stage.talk);
      await refused(forward(client, from, to, [1]), "MESSAGE_ID_INVALID");
      expect(messagesIn(await forward(client, from, to, [1, 2]))).toHaveLength(1);
      await refused(forward(client, from, to, [2], { random_id: [] }), "RANDOM_ID_INVALID");
    },
  },
  {
    name: "protected content is not forwarded",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      stage.news.noforwards = true;
      const call = forward(client, peerTo(stage.alice, stage.news), peerTo(stage.alice, stage.talk), [1]);
      await refused(call, "CHAT_FORWARDS_RESTRICTED");
      expect(stage.emulator.record.size).toBe(0);
    },
  },
  {
    name: "forwards go to topics, but not to closed or deleted ones",
    fromLayer: FORUM_LAYER,
    run: async (stage) => {
      const topics = [{ title: "Open" }, { title: "Closed", closed: true }, { title: "Deleted", deleted: true }];
      const forum = stage.world.supergroup({ username: "forumroom", title: "Forum", members: [stage.alice], topics });
      const [, open, closed, deleted] = [...forum.topics.keys()];
      const client = await stage.as(stage.alice);
      const from = peerTo(stage.alice, stage.news);
      const to = peerTo(stage.alice, forum);
      const sent = await forward(client, from, to, [1], { top_msg_id: open });
      expect(messagesIn(sent)[0]?.reply_to.reply_to_msg_id).toBe(open);
      await refused(forward(client, from, to, [1], { top_msg_id: closed }), "TOPIC_CLOSED");
      await refused(forward(client, from, to, [1], { top_msg_id: deleted }), "TOPIC_DELETED");
      await forward(client, from, to, [1]);
      const kept = [...forum.messages.values()].map((message) => message.topicId);
      expect(kept).toEqual([open, 1]);
    },
  },
  {
    name: "a basic group, until it becomes a supergroup",
    run: async (stage) => {
      const group = stage.world.basicGroup({ title: "Family", members: [stage.alice, stage.bob] });
      const client = await stage.as(stage.alice);
      await forward(client, peerTo(stage.alice, stage.news), peerTo(stage.alice, group), [1]);
      expect([...group.messages.values()].map((message) => message.text)).toEqual(["first"]);
      const successor = stage.world.migrate(group);
      await refused(send(client, peerTo(stage.alice, group), "late"), "CHAT_ID_INVALID");
      await send(client, peerTo(stage.alice, successor), "moved");
      expect(stage.emulator.record.entries().at(-1)?.chatId).toBe(successor.markedId);
    },
  },
  {
    name: "private messages reach the other account",
    run: async (stage) => {
      const alice = await stage.as(stage.alice);
      const bob = await stage.as(stage.bob);
      await bob.invoke("updates.getState");
      const arrived = nextUpdate(bob, isNewMessage("psst"));
      const access_hash = stage.world.accessHash(stage.alice, stage.bob);
      await send(alice, { _: "inputPeerUser", user_id: BigInt(stage.bob.id), access_hash }, "psst");
      const update = await arrived;
      expect(Number(update.message.peer_id.user_id)).toBe(stage.alice.id);
      expect(stage.emulator.record.entries()[0]?.chatId).toBe(stage.bob.id);
    },
  },
  {
    name: "only admins post in a channel",
    run: async (stage) => {
      const own = stage.world.channel({ title: "Own", admins: [stage.alice], members: [stage.bob] });
      const alice = await stage.as(stage.alice);
      const bob = await stage.as(stage.bob);
      await send(alice, peerTo(stage.alice, own), "announcement");
      await refused(send(bob, peerTo(stage.bob, own), "me too"), "CHAT_ADMIN_REQUIRED");
      expect(own.messages.size).toBe(1);
    },
  },
];
