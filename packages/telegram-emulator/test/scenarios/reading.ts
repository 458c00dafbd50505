import { expect } from "vitest";
import type { TestClient, Tl } from "../clients/client.ts";
import { channelTo, dialogs, forward, idsIn, peerTo, randomId, refused, type Scenario, send } from "./stage.ts";

const PAGE = { offset_id: 0, offset_date: 0, add_offset: 0, limit: 100, max_id: 0, min_id: 0, hash: 0n };

const idsOf = ({ messages }: Tl): number[] => (messages as Tl[]).map((message) => message.id as number);

function search(client: TestClient, peer: Tl, extra: Record<string, unknown> = {}): Promise<Tl> {
  const { offset_date: _, ...page } = PAGE;
  const filter = { _: "inputMessagesFilterEmpty" };
  return client.invoke("messages.search", { peer, q: "", filter, min_date: 0, max_date: 0, ...page, ...extra });
}

/** Forums came with layer 148. */
const FORUM_LAYER = 148;

export const readingScenarios: Scenario[] = [
  {
    name: "an account finds its own newest messages in a chat",
    run: async (stage) => {
      const alice = await stage.as(stage.alice);
      const bob = await stage.as(stage.bob);
      const to = peerTo(stage.alice, stage.talk);
      const [first = 0] = idsIn(await send(alice, to, "Offer one"));
      await send(bob, peerTo(stage.bob, stage.talk), "offer of another");
      stage.talk.post("offer of an anonymous admin");
      const [second = 0] = idsIn(await forward(alice, peerTo(stage.alice, stage.news), to, [2]));
      const from_id = { _: "inputPeerSelf" };
      expect(idsOf(await search(alice, to, { from_id }))).toEqual([second, first]);
      expect(idsOf(await search(alice, to, { from_id, limit: 1 }))).toEqual([second]);
      expect(idsOf(await search(alice, to, { from_id, offset_id: second }))).toEqual([first]);
      expect(idsOf(await search(alice, to, { from_id, q: "OFFER" }))).toEqual([first]);
      expect(idsOf(await search(alice, to, { q: "offer" }))).toHaveLength(3);
      expect(idsOf(await search(alice, to, { from_id, max_date: 1 }))).toEqual([]);
      expect(idsOf(await search(alice, to, { filter: { _: "inputMessagesFilterPhotos" } }))).toEqual([]);
      await refused(search(alice, to, { filter: { _: "inputMessagesFilterPinned" } }), "INPUT_FILTER_INVALID");
    },
  },
  {
    name: "an account finds its own newest messages in a topic, and what becomes of topics",
    fromLayer: FORUM_LAYER,
    run: async (stage) => {
      const topics = [{ title: "Open" }, { title: "Closed", closed: true }, { title: "Deleted", deleted: true }];
      const forum = stage.world.supergroup({ username: "forumroom", title: "Forum", members: [stage.alice], topics });
      const [general = 0, open = 0, closed = 0, deleted = 0] = [...forum.topics.keys()];
      const client = await stage.as(stage.alice);
      const peer = peerTo(stage.alice, forum);
      const reply = (id: number) => ({ reply_to: { _: "inputReplyToMessage", reply_to_msg_id: id } });
      const post = (extra: object) =>
        client.invoke("messages.sendMessage", { peer, message: "hello", random_id: randomId(), ...extra });
      const [inGeneral = 0] = idsIn(await post({}));
      const [inOpen = 0] = idsIn(await post(reply(open)));
      const [answer = 0] = idsIn(await post(reply(inOpen)));
      await refused(post(reply(closed)), "TOPIC_CLOSED");
      await refused(post(reply(999)), "MSG_ID_INVALID");
      const from_id = { _: "inputPeerSelf" };
      expect(idsOf(await search(client, peer, { from_id, top_msg_id: open }))).toEqual([answer, inOpen]);
      expect(idsOf(await search(client, peer, { from_id, top_msg_id: general }))).toEqual([inGeneral]);
      const asked = { channel: channelTo(stage.alice, forum), topics: [open, closed, deleted, 999] };
      const method = stage.library.name === "mtcute" ? "messages.getForumTopicsByID" : "channels.getForumTopicsByID";
      const found = await client.invoke(method, method.startsWith("messages") ? { ...asked, peer } : asked);
      expect(found.topics).toMatchObject([
        { _: "forumTopic", id: open, title: "Open", closed: false, top_message: answer },
        { _: "forumTopic", id: closed, closed: true },
        { _: "forumTopicDeleted", id: deleted },
        { _: "forumTopicDeleted", id: 999 },
      ]);
      expect(idsOf(found)).toEqual([answer]);
      const plain = { channel: channelTo(stage.alice, stage.talk), peer: peerTo(stage.alice, stage.talk), topics: [1] };
      await refused(client.invoke(method, plain), "CHANNEL_FORUM_MISSING");
    },
  },
  {
    name: "the history comes by pages",
    run: async (stage) => {
      const [one = 0, two = 0, three = 0, four = 0, five = 0] = ["1", "2", "3", "4", "5"].map((n) =>
        stage.talk.post(n),
      );
      const client = await stage.as(stage.alice);
      const peer = peerTo(stage.alice, stage.talk);
      const page = async (extra: object) =>
        idsOf(await client.invoke("messages.getHistory", { peer, ...PAGE, ...extra }));
      expect(await page({ limit: 2 })).toEqual([five, four]);
      expect(await page({ limit: 2, offset_id: four })).toEqual([three, two]);
      expect(await page({ limit: 2, add_offset: 2 })).toEqual([three, two]);
      expect(await page({ limit: 3, offset_id: three, add_offset: -2 })).toEqual([four, three, two]);
      expect(await page({ min_id: two, max_id: five })).toEqual([four, three]);
      expect(await page({ offset_date: 1 })).toEqual([]);
      expect(await page({ offset_id: one })).toEqual([]);
    },
  },
  {
    name: "messages by id: what is gone is empty",
    run: async (stage) => {
      const id = stage.talk.post("here");
      const gone = stage.talk.post("gone");
      stage.talk.delete(gone);
      const client = await stage.as(stage.alice);
      const channel = channelTo(stage.alice, stage.talk);
      const asked = [id, gone].map((n) => ({ _: "inputMessageID", id: n }));
      const { messages } = await client.invoke("channels.getMessages", { channel, id: asked });
      expect(messages).toMatchObject([
        { _: "message", id, message: "here" },
        { _: "messageEmpty", id: gone },
      ]);
    },
  },
  {
    name: "dialogs tell what a chat is, and what holds in it",
    fromLayer: FORUM_LAYER,
    run: async (stage) => {
      const members = [stage.alice];
      stage.talk.change({ slowMode: 30, bannedRights: { sendMedia: true } });
      stage.world.supergroup({ title: "Forum", members, topics: [], noforwards: true, joinToSend: true });
      stage.world.channel({ title: "Own", admins: members });
      const client = await stage.as(stage.alice);
      const chats = new Map(((await dialogs(client)).chats as Tl[]).map((chat) => [chat.title, chat]));
      const talk = { megagroup: true, broadcast: false, forum: false, slowmode_enabled: true, left: false };
      expect(chats.get("Talk")).toMatchObject(talk);
      expect(chats.get("Talk")?.default_banned_rights).toMatchObject({
        ...{ send_messages: false, send_plain: false, send_media: true, send_photos: true, embed_links: true },
        until_date: 0x7fffffff,
      });
      expect(chats.get("Talk")?.banned_rights ?? undefined).toBeUndefined();
      const forum = { megagroup: true, forum: true, slowmode_enabled: false, noforwards: true, join_to_send: true };
      expect(chats.get("Forum")).toMatchObject(forum);
      expect(chats.get("Own")).toMatchObject({ megagroup: false, broadcast: true });
      expect(chats.get("Own")?.admin_rights).toMatchObject({ post_messages: true });
      expect(chats.get("Own")?.default_banned_rights ?? undefined).toBeUndefined();
      const channel = channelTo(stage.alice, stage.talk);
      const [asked] = (await client.invoke("channels.getChannels", { id: [channel] })).chats;
      expect(asked).toEqual(chats.get("Talk"));
    },
  },
];
