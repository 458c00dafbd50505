import { expect } from "vitest";
import { channelTo, forward, idsIn, peerTo, randomId, refused, type Scenario, send } from "./stage.ts";

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
