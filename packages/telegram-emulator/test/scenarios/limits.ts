import { expect } from "vitest";
import { channelTo, dialogs, forward, idsIn, peerTo, randomId, refused, type Scenario, send } from "./stage.ts";

/** Paid messages came with layer 200. */
const PAID_LAYER = 200;

export const limitScenarios: Scenario[] = [
  {
    name: "a group's default rights hold for members, not for admins",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      const to = peerTo(stage.alice, stage.talk);
      stage.talk.bannedRights = { sendMessages: true };
      await refused(send(client, to, "hello"), "CHAT_WRITE_FORBIDDEN");
      stage.talk.bannedRights = { sendPlain: true };
      await refused(send(client, to, "hello"), "CHAT_SEND_PLAIN_FORBIDDEN");
      const [photo = 0] = stage.news.postAlbum([{ kind: "photo" }]);
      await forward(client, peerTo(stage.alice, stage.news), to, [photo]);
      stage.talk.bannedRights = { sendPhotos: true };
      await refused(forward(client, peerTo(stage.alice, stage.news), to, [photo]), "CHAT_SEND_PHOTOS_FORBIDDEN");
      stage.talk.bannedRights = { sendMessages: true };
      stage.talk.remove(stage.alice);
      stage.talk.add(stage.alice, "admin");
      await send(client, to, "from an admin");
    },
  },
  {
    name: "one member is restricted, until a time",
    run: async (stage) => {
      const alice = await stage.as(stage.alice);
      const bob = await stage.as(stage.bob);
      stage.talk.restrict(stage.alice, { sendMessages: true });
      await refused(send(alice, peerTo(stage.alice, stage.talk), "hello"), "USER_BANNED_IN_CHANNEL");
      await send(bob, peerTo(stage.bob, stage.talk), "hello");
      stage.talk.restrict(stage.alice, { sendMessages: true, until: Date.now() - 1 });
      await send(alice, peerTo(stage.alice, stage.talk), "back again");
    },
  },
  {
    name: "night mode: a group closes and opens again, and its members see it",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      const channel = channelTo(stage.alice, stage.talk);
      const shown = async () => {
        const { chats } = await client.invoke("channels.getChannels", { id: [channel] });
        const { default_banned_rights, banned_rights, slowmode_enabled } = chats[0];
        return { closed: default_banned_rights.send_messages, own: banned_rights ?? undefined, slowmode_enabled };
      };
      expect(await shown()).toMatchObject({ closed: false, own: undefined, slowmode_enabled: false });
      stage.talk.change({ bannedRights: { sendMessages: true }, slowMode: 10 });
      expect(await shown()).toMatchObject({ closed: true, own: undefined, slowmode_enabled: true });
      await refused(send(client, peerTo(stage.alice, stage.talk), "late"), "CHAT_WRITE_FORBIDDEN");
      stage.talk.change({ bannedRights: {} });
      expect(await shown()).toMatchObject({ closed: false, slowmode_enabled: true });
      await send(client, peerTo(stage.alice, stage.talk), "good morning");
    },
  },
  {
    name: "a mute is seen with its end wherever the chat is seen, outlives leaving, and ends",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      const channel = channelTo(stage.alice, stage.talk);
      const until = Date.now() + 3_600_000;
      stage.talk.restrict(stage.alice, { sendMessages: true, until });
      stage.talk.remove(stage.alice);
      await client.invoke("channels.joinChannel", { channel });
      const rights = { send_messages: true, until_date: Math.floor(until / 1000) };
      const answers = [
        await client.invoke("channels.getChannels", { id: [channel] }),
        await client.invoke("contacts.resolveUsername", { username: "talkroom" }),
        await dialogs(client),
      ];
      for (const { chats } of answers) expect(chats[0].banned_rights).toMatchObject(rights);
      const own = { channel, participant: { _: "inputPeerSelf" } };
      const { participant } = await client.invoke("channels.getParticipant", own);
      expect(participant).toMatchObject({ _: "channelParticipantBanned", banned_rights: rights });
      await refused(send(client, peerTo(stage.alice, stage.talk), "hello"), "USER_BANNED_IN_CHANNEL");
      stage.talk.restrict(stage.alice, { sendMessages: true, until: Date.now() - 1 });
      expect((await dialogs(client)).chats[0].banned_rights ?? undefined).toBeUndefined();
      expect((await client.invoke("channels.getParticipant", own)).participant._).toBe("channelParticipantSelf");
      await send(client, peerTo(stage.alice, stage.talk), "hello");
    },
  },
  {
    name: "a link that would show a preview is refused where previews are, and sent without one",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      const to = peerTo(stage.alice, stage.talk);
      const text = (message: string, extra: object = {}) =>
        client.invoke("messages.sendMessage", { peer: to, message, random_id: randomId(), ...extra });
      const entities = [{ _: "messageEntityTextUrl", offset: 0, length: 4, url: "https://example.org" }];
      const linked = stage.news.post("see example.org");
      for (const rights of [{ embedLinks: true }, { sendMedia: true }]) {
        stage.talk.change({ bannedRights: rights });
        await refused(text("see https://example.org"), "CHAT_SEND_WEBPAGE_FORBIDDEN");
        await refused(text("here", { entities }), "CHAT_SEND_WEBPAGE_FORBIDDEN");
        const forwarding = forward(client, peerTo(stage.alice, stage.news), to, [linked]);
        await refused(forwarding, "CHAT_SEND_WEBPAGE_FORBIDDEN");
        await text("see https://example.org", { no_webpage: true });
        await text("here", { no_webpage: true, entities });
        await text("no link");
      }
      stage.talk.change({ bannedRights: {} });
      stage.talk.restrict(stage.alice, { embedLinks: true });
      await refused(text("see https://example.org"), "CHAT_SEND_WEBPAGE_FORBIDDEN");
      await text("see https://example.org", { no_webpage: true });
    },
  },
  {
    name: "slow mode tells the seconds that remain, and spares repeats and admins",
    run: async (stage) => {
      stage.talk.slowMode = 30;
      const client = await stage.as(stage.alice);
      const to = peerTo(stage.alice, stage.talk);
      const id = randomId();
      const first = await send(client, to, "one", id);
      await refused(send(client, to, "two"), /^SLOWMODE_WAIT_(30|29)$/);
      expect(idsIn(await send(client, to, "one", id))).toEqual(idsIn(first));
      const [wait] = stage.emulator.record.issuedWaits();
      expect(wait).toMatchObject({ kind: "slowMode", accountId: stage.alice.id, chatId: stage.talk.markedId });
      expect(stage.emulator.record.earlySends()).toHaveLength(1);
      const other = await stage.as(stage.bob);
      await send(other, peerTo(stage.bob, stage.talk), "mine");
      stage.talk.remove(stage.alice);
      stage.talk.add(stage.alice, "admin");
      await send(client, to, "from an admin");
    },
  },
  {
    name: "slow mode takes one post at a time, an album as one",
    run: async (stage) => {
      stage.talk.slowMode = 30;
      const album = stage.news.postAlbum([{ kind: "photo" }, { kind: "photo" }]);
      const client = await stage.as(stage.alice);
      const from = peerTo(stage.alice, stage.news);
      const to = peerTo(stage.alice, stage.talk);
      await refused(forward(client, from, to, [1, 2]), "SLOWMODE_MULTI_MSGS_DISABLED");
      await forward(client, from, to, album);
      expect(stage.talk.messages.size).toBe(2);
    },
  },
  {
    name: "the flood model asks an account to wait, and tells the seconds that remain",
    leftOut: { Telethon: "it refuses calls inside a wait itself" },
    run: async (stage) => {
      const methods = ["contacts.resolveUsername"];
      stage.world.flood.addRule({ methods, capacity: 2, refillPerSecond: 0.01, waitSeconds: 60 });
      const alice = await stage.as(stage.alice);
      const bob = await stage.as(stage.bob);
      const resolve = (client: typeof alice) => client.invoke("contacts.resolveUsername", { username: "talkroom" });
      await resolve(alice);
      await resolve(alice);
      await refused(resolve(alice), "FLOOD_WAIT_60");
      await refused(resolve(alice), /^FLOOD_WAIT_(60|59)$/);
      await resolve(bob);
      expect(stage.emulator.counters.errors.FLOOD_WAIT_X).toBe(2);
    },
  },
  {
    name: "sends inside a flood wait are recorded, and lead to PEER_FLOOD",
    leftOut: { Telethon: "it refuses calls inside a wait itself" },
    run: async (stage) => {
      const methods = ["messages.sendMessage"];
      stage.world.flood.addRule({ methods, capacity: 1, refillPerSecond: 100, waitSeconds: 1 });
      stage.world.flood.peerFloodAfterIgnoredWaits = 2;
      const client = await stage.as(stage.alice);
      const to = peerTo(stage.alice, stage.talk);
      await send(client, to, "one");
      stage.world.flood.clear();
      stage.world.flood.addRule({ methods, capacity: 0.5, refillPerSecond: 0.001, waitSeconds: 60 });
      await refused(send(client, to, "two"), "FLOOD_WAIT_60");
      await refused(send(client, to, "three"), "FLOOD_WAIT");
      await refused(send(client, to, "four"), "FLOOD_WAIT");
      expect(stage.emulator.record.earlySends()).toHaveLength(2);
      stage.world.flood.clear();
      await refused(send(client, to, "five"), "PEER_FLOOD");
    },
  },
  {
    name: "limited, frozen and restored accounts",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      const to = peerTo(stage.alice, stage.talk);
      stage.alice.limit("PEER_FLOOD");
      await refused(send(client, to, "hello"), "PEER_FLOOD");
      stage.alice.limit("USER_BANNED_IN_CHANNEL");
      await refused(send(client, to, "hello"), "USER_BANNED_IN_CHANNEL");
      stage.alice.freeze();
      await refused(send(client, to, "hello"), "FROZEN_METHOD_INVALID");
      const joining = client.invoke("channels.joinChannel", { channel: channelTo(stage.alice, stage.news) });
      await refused(joining, "FROZEN_METHOD_INVALID");
      await client.invoke("contacts.resolveUsername", { username: "talkroom" });
      stage.alice.restore();
      await send(client, to, "hello");
    },
  },
  {
    name: "paid messages are asked for, not taken",
    fromLayer: PAID_LAYER,
    run: async (stage) => {
      stage.talk.paidMessageStars = 5;
      const client = await stage.as(stage.alice);
      const from = peerTo(stage.alice, stage.news);
      const to = peerTo(stage.alice, stage.talk);
      await refused(forward(client, from, to, [1]), "ALLOW_PAYMENT_REQUIRED_5");
      await refused(forward(client, from, to, [1], { allow_paid_stars: 5n }), "BALANCE_TOO_LOW");
      expect(stage.emulator.record.size).toBe(0);
    },
  },
];
