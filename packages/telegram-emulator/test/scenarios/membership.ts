import { expect } from "vitest";
import type { Tl } from "../clients/client.ts";
import { channelTo, dialogs, forward, idsIn, peerTo, randomId, refused, type Scenario, send } from "./stage.ts";

export const membershipScenarios: Scenario[] = [
  {
    name: "usernames resolve, and unknown ones do not",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      const { chats, peer } = await client.invoke("contacts.resolveUsername", { username: "talkroom" });
      expect(chats[0].title).toBe("Talk");
      expect(Number(peer.channel_id)).toBe(stage.talk.id);
      const resolved = await client.invoke("contacts.resolveUsername", { username: "bob_b" });
      expect(Number(resolved.users[0].id)).toBe(stage.bob.id);
      await refused(client.invoke("contacts.resolveUsername", { username: "nobody_here" }), "USERNAME_NOT_OCCUPIED");
      await refused(client.invoke("contacts.resolveUsername", { username: "a" }), "USERNAME_INVALID");
    },
  },
  {
    name: "another account's access hash is no use",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      await refused(send(client, peerTo(stage.bob, stage.talk), "hello"), "CHANNEL_INVALID");
    },
  },
  {
    name: "a renewed access hash: the old one is no use any more, the new one is found where the chat is seen",
    run: async (stage) => {
      const alice = await stage.as(stage.alice);
      const bob = await stage.as(stage.bob);
      const [old, others] = [peerTo(stage.alice, stage.talk), peerTo(stage.bob, stage.talk)];
      stage.world.renewAccessHash(stage.talk, stage.alice);
      await refused(send(alice, old, "hello"), "CHANNEL_INVALID");
      const asked = { id: [{ ...old, _: "inputChannel" }] };
      await refused(alice.invoke("channels.getChannels", asked), "CHANNEL_INVALID");
      await send(bob, others, "not mine");
      const [seen] = (await dialogs(alice)).chats as Tl[];
      await send(alice, { ...old, access_hash: BigInt(seen?.access_hash) }, "hello");
      stage.world.renewAccessHash(stage.talk);
      await refused(send(bob, others, "mine too"), "CHANNEL_INVALID");
      const resolved = await bob.invoke("contacts.resolveUsername", { username: "talkroom" });
      await send(bob, { ...others, access_hash: BigInt(resolved.chats[0].access_hash) }, "mine too");
    },
  },
  {
    name: "a @name moves to another group",
    run: async (stage) => {
      const other = stage.world.supergroup({ username: "otherroom", title: "Other" });
      const client = await stage.as(stage.alice);
      const resolve = async (username: string) =>
        Number((await client.invoke("contacts.resolveUsername", { username })).peer.channel_id);
      expect(await resolve("talkroom")).toBe(stage.talk.id);
      stage.world.rename(other, "TalkRoom");
      expect(await resolve("talkroom")).toBe(other.id);
      await refused(resolve("otherroom"), "USERNAME_NOT_OCCUPIED");
      const [seen] = (await dialogs(client)).chats as Tl[];
      expect(seen?.username ?? undefined).toBeUndefined();
      stage.world.rename(other, undefined);
      await refused(resolve("talkroom"), "USERNAME_NOT_OCCUPIED");
    },
  },
  {
    name: "joining and leaving a public group",
    run: async (stage) => {
      const group = stage.world.supergroup({ username: "openroom", title: "Open" });
      const client = await stage.as(stage.alice);
      const channel = channelTo(stage.alice, group);
      await refused(send(client, peerTo(stage.alice, group), "too early"), "CHAT_WRITE_FORBIDDEN");
      await client.invoke("channels.joinChannel", { channel });
      await client.invoke("channels.joinChannel", { channel });
      expect([...group.members.keys()]).toEqual([stage.alice.id]);
      const own = { channel, participant: { _: "inputPeerSelf" } };
      expect((await client.invoke("channels.getParticipant", own)).participant._).toBe("channelParticipantSelf");
      await send(client, peerTo(stage.alice, group), "now");
      await client.invoke("channels.leaveChannel", { channel });
      await refused(client.invoke("channels.leaveChannel", { channel }), "USER_NOT_PARTICIPANT");
      await refused(client.invoke("channels.getParticipant", own), "USER_NOT_PARTICIPANT");
      expect(group.members.size).toBe(0);
    },
  },
  {
    name: "a group with join requests asks its admins first",
    run: async (stage) => {
      const group = stage.world.supergroup({ username: "gateroom", title: "Gate", joinRequests: true });
      const client = await stage.as(stage.alice);
      const joining = client.invoke("channels.joinChannel", { channel: channelTo(stage.alice, group) });
      await refused(joining, "INVITE_REQUEST_SENT");
      expect([...group.requests]).toEqual([stage.alice.id]);
      expect(group.members.size).toBe(0);
    },
  },
  {
    name: "invite links: shown, used, used again, expired, unknown",
    run: async (stage) => {
      const group = stage.world.supergroup({ title: "Secret" });
      const hash = group.invite();
      const client = await stage.as(stage.alice);
      const invite = await client.invoke("messages.checkChatInvite", { hash });
      expect(invite.title).toBe("Secret");
      await client.invoke("messages.importChatInvite", { hash });
      expect(group.members.has(stage.alice.id)).toBe(true);
      expect((await client.invoke("messages.checkChatInvite", { hash })).chat.title).toBe("Secret");
      await refused(client.invoke("messages.importChatInvite", { hash }), "USER_ALREADY_PARTICIPANT");
      const expired = group.invite({ expired: true });
      await refused(client.invoke("messages.importChatInvite", { hash: expired }), "INVITE_HASH_EXPIRED");
      await refused(client.invoke("messages.importChatInvite", { hash: "nonsense" }), "INVITE_HASH_INVALID");
      const byRequest = stage.world.supergroup({ title: "Asked" }).invite({ requests: true });
      await refused(client.invoke("messages.importChatInvite", { hash: byRequest }), "INVITE_REQUEST_SENT");
    },
  },
  {
    name: "who was removed sees the group no more",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      stage.talk.kick(stage.alice);
      await refused(send(client, peerTo(stage.alice, stage.talk), "hello"), "CHANNEL_PRIVATE");
      const joining = client.invoke("channels.joinChannel", { channel: channelTo(stage.alice, stage.talk) });
      await refused(joining, "CHANNEL_PRIVATE");
    },
  },
  {
    name: "a private group is closed to guests, and its posts can't be forwarded",
    run: async (stage) => {
      const secret = stage.world.supergroup({ title: "Secret" });
      const id = secret.post("for members");
      const client = await stage.as(stage.alice);
      const from = peerTo(stage.alice, secret);
      await refused(forward(client, from, peerTo(stage.alice, stage.talk), [id]), "CHANNEL_PRIVATE");
    },
  },
  {
    name: "guests of a join-to-send group are told to join",
    run: async (stage) => {
      const group = stage.world.supergroup({ username: "joinroom", title: "Join", joinToSend: true });
      const client = await stage.as(stage.alice);
      await refused(send(client, peerTo(stage.alice, group), "hello"), "CHAT_GUEST_SEND_FORBIDDEN");
    },
  },
  {
    name: "a basic group becomes a supergroup: both tell of it, the history stays, and what had arrived is found",
    run: async (stage) => {
      const group = stage.world.basicGroup({ title: "Family", members: [stage.bob] });
      group.add(stage.alice, "admin");
      group.change({ bannedRights: { sendMessages: true } });
      const invite = group.invite();
      const client = await stage.as(stage.alice);
      const old = peerTo(stage.alice, group);
      const id = randomId();
      const before = await send(client, old, "dinner", id);
      const ask = () => client.invoke("messages.getChats", { id: [BigInt(group.id)] });
      expect((await ask()).chats[0]).toMatchObject({ _: "chat", deactivated: false });

      const grown = stage.world.migrate(group);
      for (const { chats } of [await ask(), await dialogs(client)]) {
        const shown = (chats as Tl[]).find((chat) => chat._ === "chat");
        expect(shown).toMatchObject({ deactivated: true, migrated_to: { _: "inputChannel" } });
        expect(Number(shown?.migrated_to.channel_id)).toBe(grown.id);
        expect(BigInt(shown?.migrated_to.access_hash)).toBe(stage.world.accessHash(stage.alice, grown));
      }
      const full = await client.invoke("channels.getFullChannel", { channel: channelTo(stage.alice, grown) });
      expect(Number(full.full_chat.migrated_from_chat_id)).toBe(group.id);
      expect([...grown.members.values()].map(({ account, role }) => [account.id, role])).toEqual([
        [stage.bob.id, "member"],
        [stage.alice.id, "admin"],
      ]);
      expect(grown.bannedRights).toEqual({ sendMessages: true });
      const page = { offset_id: 0, offset_date: 0, add_offset: 0, limit: 10, max_id: 0, min_id: 0, hash: 0n };
      const { messages } = await client.invoke("messages.getHistory", { peer: old, ...page });
      expect((messages as Tl[]).map((message) => message.action?._ ?? message.message)).toEqual([
        "messageActionChatMigrateTo",
        "dinner",
      ]);
      expect(idsIn(await send(client, old, "dinner", id))).toEqual(idsIn(before));
      await refused(send(client, old, "supper"), "CHAT_ID_INVALID");
      expect((await client.invoke("messages.checkChatInvite", { hash: invite })).chat._).toBe("channel");
      const service = forward(client, old, peerTo(stage.alice, grown), [(messages as Tl[])[0]?.id]);
      await refused(service, "MESSAGE_ID_INVALID");
      await send(client, peerTo(stage.alice, grown), "supper");
      await refused(client.invoke("messages.getChats", { id: [5n] }), "CHAT_ID_INVALID");
    },
  },
  {
    name: "dialogs list the chats of the account",
    run: async (stage) => {
      const basic = stage.world.basicGroup({ title: "Family", members: [stage.alice, stage.bob] });
      basic.post("dinner");
      const client = await stage.as(stage.alice);
      const answer = await dialogs(client);
      const chats: Tl[] = answer.chats;
      expect(answer.dialogs).toHaveLength(2);
      expect(chats.map((chat) => chat.title).sort()).toEqual(["Family", "Talk"]);
    },
  },
];
