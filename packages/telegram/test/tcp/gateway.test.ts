import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forwarding, randomId, resolved, startTelegram, type Telegram } from "./telegram.ts";

let telegram: Telegram;
beforeEach(async () => {
  telegram = await startTelegram();
});
afterEach(() => telegram.stop());

test("a stored key connects without a key exchange, and says whose it is", async () => {
  const client = await telegram.client();
  expect(await client.me()).toEqual({
    kind: "me",
    account: {
      userId: String(telegram.account.id),
      username: "ann_account",
      firstName: "Ann",
      phone: telegram.account.phone,
    },
  });
  expect(telegram.emulator.counters.keyExchanges).toBe(0);
});

describe("sending", () => {
  test("a forward arrives with its random_id and author, and answers with the number of the message", async () => {
    const client = await telegram.client();
    const forward = await forwarding(telegram, client);
    const id = -5_000_000_000_000_000_001n;
    const outcome = await forward({ randomId: id });
    const [entry, ...more] = telegram.emulator.record.entries();
    expect(more).toEqual([]);
    expect(outcome).toEqual({ kind: "sent", messageId: entry?.messageId });
    expect(entry).toMatchObject({
      accountId: telegram.account.id,
      chatId: telegram.group.markedId,
      randomId: id.toString(),
      source: { chatId: telegram.channel.markedId },
      text: "Hello, groups",
    });
    const author = telegram.group.messages.get(entry?.messageId ?? 0)?.forward;
    expect(author?.messageId).toBe(entry?.source?.messageId);
    expect(author?.accountId).toBeUndefined(); // a channel wrote it
  });

  test("the same random_id again answers with the message that is there", async () => {
    const client = await telegram.client();
    const forward = await forwarding(telegram, client);
    const id = randomId();
    const first = await forward({ randomId: id });
    expect(await forward({ randomId: id })).toEqual(first);
    expect(telegram.emulator.record.entries().map(({ messageId }) => ({ kind: "sent", messageId }))).toEqual([first]);
  });

  test("a text goes to supergroups and basic groups", async () => {
    const basic = telegram.emulator.world.basicGroup({ title: "Basic", members: [telegram.account] });
    const client = await telegram.client();
    for (const chat of [telegram.group, basic]) {
      const { peer } = await resolved(client, String(chat.markedId));
      const outcome = await client.sendText({
        text: "Hi <b>",
        to: peer,
        topicId: undefined,
        randomId: randomId(),
        mayStand: false,
      });
      const [entry] = telegram.emulator.record.entries({ chatId: chat.markedId });
      expect(outcome).toEqual({ kind: "sent", messageId: entry?.messageId });
      expect(entry?.text).toBe("Hi <b>");
    }
  });

  test("forwards and texts reach their topic; topic 1 is the forum itself", async () => {
    const forum = telegram.emulator.world.supergroup({
      username: "a_forum",
      title: "Forum",
      members: [telegram.account],
      topics: [{ id: 5, title: "Offers" }],
    });
    const client = await telegram.client();
    const forward = await forwarding(telegram, client);
    const { peer: to } = await resolved(client, "@a_forum/5");
    await forward({ to, topicId: 5 });
    await client.sendText({ text: "text", to, topicId: 5, randomId: randomId(), mayStand: false });
    await forward({ to, topicId: 1 });
    const topics = telegram.emulator.record
      .entries()
      .map(({ messageId }) => forum.messages.get(messageId)?.topicId ?? 1);
    expect(topics).toEqual([5, 5, 1]);
  });

  test("a peer that an earlier connection found serves a new one without a look-up", async () => {
    const first = await telegram.client();
    const from = (await resolved(first, "@news_channel")).peer;
    const to = (await resolved(first, "@open_group")).peer;
    await first.close();
    const calls = { ...telegram.emulator.counters.calls };
    const second = await telegram.client();
    const [messageId = 0] = telegram.channel.messages.keys();
    expect(
      await second.forward({ from, messageId, to, topicId: undefined, randomId: randomId(), mayStand: false }),
    ).toMatchObject({
      kind: "sent",
    });
    const { "contacts.resolveUsername": lookups, "messages.getDialogs": dialogs } = telegram.emulator.counters.calls;
    expect([lookups, dialogs]).toEqual([calls["contacts.resolveUsername"], calls["messages.getDialogs"]]);
  });
});

describe("what Telegram says becomes an outcome", () => {
  test("in a group: slow mode, rights, bans", async () => {
    const { world } = telegram.emulator;
    const slow = world.supergroup({ username: "slow_group", title: "Slow", members: [telegram.account], slowMode: 30 });
    const client = await telegram.client();
    const forward = await forwarding(telegram, client);
    const to = (await resolved(client, "@slow_group")).peer;
    expect(await forward({ to })).toMatchObject({ kind: "sent" });
    const again = await forward({ to });
    expect(again).toMatchObject({ kind: "slow_mode" });
    expect(again.kind === "slow_mode" && again.seconds).toBeGreaterThan(0);
    slow.slowMode = 0;
    telegram.account.limit("USER_BANNED_IN_CHANNEL");
    expect(await forward({ to })).toEqual({
      kind: "group_refused",
      scope: "pair",
      suspect: true,
      ends: { kind: "daily" },
      stalePeer: false,
      code: "USER_BANNED_IN_CHANNEL",
    });
    telegram.account.limit("PEER_FLOOD");
    expect(await forward({ to })).toEqual({ kind: "session_limited", code: "PEER_FLOOD" });
  });

  test("of the post: it is gone", async () => {
    const client = await telegram.client();
    const forward = await forwarding(telegram, client);
    for (const id of [...telegram.channel.messages.keys()]) telegram.channel.delete(id);
    expect(await forward()).toEqual({ kind: "content_refused", code: "MESSAGE_ID_INVALID" });
  });

  test("of a chat that is closed: whether it is the target or the source", async () => {
    const client = await telegram.client();
    const forward = await forwarding(telegram, client);
    const closed = {
      kind: "group_refused",
      scope: "pair",
      suspect: false,
      ends: { kind: "daily" },
      stalePeer: true,
      code: "CHANNEL_PRIVATE",
    };
    telegram.group.kick(telegram.account);
    expect(await forward()).toEqual(closed);
    telegram.group.kicked.clear();
    telegram.channel.kick(telegram.account);
    expect(await forward()).toEqual({ ...closed, source: true });
  });

  test("of the account: frozen, banned, logged out; on connecting and later", async () => {
    const client = await telegram.client();
    const forward = await forwarding(telegram, client);
    telegram.account.freeze();
    expect(await forward()).toEqual({ kind: "session_limited", code: "FROZEN_METHOD_INVALID" });
    telegram.account.restore();
    telegram.account.ban();
    const banned = { kind: "session_dead", cause: "spam", code: "USER_DEACTIVATED_BAN" };
    expect(await forward()).toEqual(banned);
    await client.close();
    expect(await telegram.connect()).toEqual(banned);
    telegram.account.restore();
    telegram.account.revokeKey();
    expect(await telegram.connect()).toEqual({ kind: "session_dead", cause: "lost", code: "AUTH_KEY_UNREGISTERED" });
  });
});
