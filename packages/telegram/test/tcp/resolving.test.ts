import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, forwarding, resolved, secretOf, startTelegram, type Telegram } from "./telegram.ts";

let telegram: Telegram;
beforeEach(async () => {
  telegram = await startTelegram();
});
afterEach(() => telegram.stop());

describe("resolving", () => {
  test("a name, a marked id and an invite link come to the same chat", async () => {
    const hash = telegram.group.invite();
    const client = await telegram.client();
    const chat = await resolved(client, "@open_group");
    expect(chat).toMatchObject({
      chatId: String(telegram.group.markedId),
      title: "Open group",
      kind: "supergroup",
      username: "open_group",
      peer: { type: "channel", id: String(telegram.group.id) },
    });
    expect(chat.peer.accessHash).toMatch(/^-?\d+$/);
    for (const reference of [chat.chatId, `${chat.chatId}/5`, `+${hash}`, "@open_group/5"])
      expect(await resolved(client, reference)).toEqual(chat);
    expect(await resolved(client, "@news_channel")).toMatchObject({ kind: "channel" });
  });

  test("a chat says whether the account is in it", async () => {
    const { world } = telegram.emulator;
    world.supergroup({ title: "Elsewhere", username: "elsewhere" });
    const basic = world.basicGroup({ title: "Basic", members: [telegram.account] });
    const client = await telegram.client();
    expect(await resolved(client, "@open_group")).toMatchObject({ membership: "member" });
    expect(await resolved(client, String(basic.markedId))).toMatchObject({ membership: "member" });
    expect(await resolved(client, "@elsewhere")).toMatchObject({ membership: "left" });
  });

  test("a basic group is found by its id, before and after it became a supergroup", async () => {
    const { world } = telegram.emulator;
    const basic = world.basicGroup({ title: "Basic", members: [telegram.account] });
    const reference = String(basic.markedId);
    const before = await telegram.client();
    expect(await resolved(before, reference)).toMatchObject({
      chatId: reference,
      kind: "basic_group",
      peer: { type: "chat", accessHash: null },
    });
    await before.close();
    const grown = world.migrate(basic);
    expect(await resolved(await telegram.client(), reference)).toMatchObject({
      chatId: String(grown.markedId),
      kind: "supergroup",
    });
  });

  describe("a basic group that became a supergroup", () => {
    const FULL = "channels.getFullChannel";
    const calls = () => telegram.calls(FULL);
    /** Its old dialog is gone, or still among the account's chats. */
    const grow = (dialog: "gone" | "there" = "gone") => {
      const { world } = telegram.emulator;
      const basic = world.basicGroup({ title: "Basic", members: [telegram.account] });
      const invite = basic.invite();
      const grown = world.migrate(basic, { username: "grown_group" });
      if (dialog === "gone") basic.remove(telegram.account);
      const was = { chatId: String(grown.markedId), kind: "supergroup", migratedFrom: String(basic.markedId) };
      return { was, references: { name: "@grown_group", id: was.chatId, invite: `+${invite}` } };
    };

    test.each(["name", "id", "invite"] as const)("says by its %s which group it was", async (by) => {
      const { was, references } = grow();
      const client = await telegram.client();
      expect(await resolved(client, references[by])).toMatchObject(was);
    });

    test("is asked for that once, by whatever it is found", async () => {
      const { was, references } = grow();
      const client = await telegram.client();
      for (const reference of Object.values(references)) expect(await resolved(client, reference)).toMatchObject(was);
      expect(calls()).toBe(1);
      for (const reference of ["@open_group", String(telegram.group.markedId), "@open_group", "@news_channel"])
        expect(await resolved(client, reference)).toMatchObject({ migratedFrom: null });
      expect(calls()).toBe(2);
    });

    test("is not asked for that where the account's chats say it", async () => {
      const { was, references } = grow("there");
      const client = await telegram.client();
      for (const reference of [was.migratedFrom, ...Object.values(references)])
        expect(await resolved(client, reference)).toMatchObject(was);
      expect(calls()).toBe(0);
    });

    test("is not resolved by its old id when it does not say what it has now", async () => {
      const { was } = grow("there");
      const client = await telegram.client();
      const { faults } = telegram.emulator;
      faults.add({ method: "channels.getChannels", times: 1, action: { error: "CHANNEL_PRIVATE", code: 400 } });
      expect(await client.resolve(was.migratedFrom)).toMatchObject({
        kind: "group_refused",
        stalePeer: false,
        code: "CHANNEL_PRIVATE",
      });
      expect(await resolved(client, was.migratedFrom)).toMatchObject({ ...was, username: "grown_group" });
    });

    test.each(["name", "id", "invite"] as const)("is not resolved by its %s when it does not say so", async (by) => {
      const { references } = grow();
      const client = await telegram.client();
      telegram.emulator.faults.add({ method: FULL, times: 1, action: { error: "FLOOD_WAIT_30", code: 420 } });
      expect(await client.resolve(references[by])).toMatchObject({ kind: "flood_wait", method: "lookup" });
    });
  });

  test("hundreds of chats are walked page by page, once", async () => {
    const { world, counters } = telegram.emulator;
    const chats = Array.from({ length: 250 }, (_, n) =>
      world.supergroup({ title: `Group ${n}`, members: [telegram.account] }),
    );
    for (const chat of chats) chat.post("first");
    const client = await telegram.client();
    const found = await Promise.all(chats.map((chat) => resolved(client, String(chat.markedId))));
    expect(found.map((chat) => chat.title)).toEqual(chats.map((chat) => chat.title));
    expect(await client.resolve("-1009999999999")).toMatchObject({ code: "NOT_A_MEMBER" });
    expect(counters.calls["messages.getDialogs"]).toBe(3);
  });

  test("what is not there, not a group or not joined is refused with its scope", async () => {
    const { world } = telegram.emulator;
    world.account({ phone: "+99966000002", username: "somebody" });
    const closed = world.supergroup({ title: "Closed" });
    const client = await telegram.client();
    const refused = (scope: "pair" | "group", code: string) => ({
      kind: "group_refused",
      scope,
      suspect: false,
      ends: { kind: scope === "pair" ? "daily" : "never" },
      stalePeer: false,
      code,
    });
    expect(await client.resolve("@nobody_has_this")).toEqual(refused("group", "USERNAME_NOT_OCCUPIED"));
    expect(await client.resolve("@somebody")).toEqual(refused("group", "NOT_A_GROUP"));
    expect(await client.resolve(String(closed.markedId))).toEqual(refused("pair", "NOT_A_MEMBER"));
    expect(await client.resolve(`+${closed.invite()}`)).toEqual(refused("pair", "NOT_A_MEMBER"));
    expect(await client.resolve(`+${closed.invite({ expired: true })}`)).toEqual(
      refused("pair", "INVITE_HASH_EXPIRED"),
    );
  });

  test("the same question asked at once is one request", async () => {
    const client = await telegram.client();
    const all = await Promise.all(
      ["@open_group", "@open_group/7", "@open_group"].map((reference) => resolved(client, reference)),
    );
    expect(new Set(all.map((chat) => chat.chatId)).size).toBe(1);
    expect(telegram.emulator.counters.calls["messages.getDialogs"]).toBe(1);
  });
});

describe("names", () => {
  const lookups = () => telegram.calls("contacts.resolveUsername");

  test("of the account's own chats are not searched for", async () => {
    telegram.group.username = "Open_Group";
    const client = await telegram.client();
    expect(await resolved(client, "@open_GROUP")).toMatchObject({ chatId: String(telegram.group.markedId) });
    expect(lookups()).toBe(0);
    await resolved(client, "@news_channel"); // a public channel that the account is not in
    expect(lookups()).toBe(1);
    expect(telegram.emulator.counters.calls["messages.getDialogs"]).toBe(1);
  });
});

describe("a flood wait of a look-up is a wait", () => {
  const flood = (method: string, seconds = 80_000) =>
    telegram.emulator.faults.add({ method, times: 1, action: { error: `FLOOD_WAIT_${seconds}`, code: 420 } });
  const waits = (seconds: number, code: string) => ({ kind: "flood_wait", seconds, method: "lookup", code });

  test.each([
    ["contacts.resolveUsername", () => "@news_channel"],
    ["messages.getDialogs", () => String(telegram.group.markedId)],
    ["messages.checkChatInvite", () => `+${telegram.group.invite()}`],
  ])("%s is not asked again before its end", async (method, referenceOf) => {
    flood(method);
    const reference = referenceOf();
    const client = await telegram.client();
    expect(await client.resolve(reference)).toEqual(waits(80_000, "FLOOD_WAIT_80000"));
    expect(await client.resolve(reference)).toEqual(waits(80_000, "LOOKUPS_WAIT"));
    expect(telegram.calls(method)).toBe(1);
  });

  test("and only that method waits, and only so long", async () => {
    flood("contacts.resolveUsername", 1);
    const client = await telegram.client();
    expect(await client.resolve("@news_channel")).toMatchObject({ kind: "flood_wait" });
    await resolved(client, "@open_group");
    await vi.waitUntil(async () => (await client.resolve("@news_channel")).kind === "resolved", { timeout: 5_000 });
    expect(telegram.calls("contacts.resolveUsername")).toBe(2);
  });

  test("for the next client of the same account, and not for another account", async () => {
    const gateway = telegram.gateway();
    const other = telegram.emulator.world.account({ phone: "+99966000009" });
    const connect = async (authKey: Uint8Array) => {
      const signal = new AbortController().signal;
      const connected = await gateway.connect({ secret: secretOf(authKey), api }, { signal, mayUse: () => true });
      if (connected.kind !== "connected") throw new Error(`not connected: ${JSON.stringify(connected)}`);
      return connected.client;
    };
    const find = async (authKey: Uint8Array) => {
      const client = await connect(authKey);
      const found = await client.resolve("@news_channel");
      await client.close();
      return found;
    };
    flood("contacts.resolveUsername");
    expect(await find(telegram.account.authKey())).toMatchObject({ kind: "flood_wait" });
    expect(await find(telegram.account.authKey())).toEqual(waits(80_000, "LOOKUPS_WAIT"));
    expect(await find(other.authKey())).toMatchObject({ kind: "resolved" });
  });

  test("also where a chat is looked at because of a refusal or a lost answer", async () => {
    const client = await telegram.client();
    const forward = await forwarding(telegram, client);
    telegram.group.restrict(telegram.account, { sendMessages: true });
    flood("channels.getChannels");
    for (const _ of [1, 2]) expect(await forward()).toMatchObject({ code: "USER_BANNED_IN_CHANNEL" });
    expect(telegram.calls("channels.getChannels")).toBe(1);
    telegram.group.kick(telegram.account);
    flood("messages.getHistory");
    for (const _ of [1, 2])
      expect(await forward()).toMatchObject({ kind: "flood_wait", method: "lookup", source: true });
    expect(telegram.calls("messages.getHistory")).toBe(1);
  });
});

describe("a peer that is out of date", () => {
  test("of a basic group that has become a supergroup, which is found by the old id, as it is now", async () => {
    const { world } = telegram.emulator;
    const basic = world.basicGroup({ title: "Basic", members: [telegram.account] });
    const client = await telegram.client();
    const reference = String(basic.markedId);
    const before = await resolved(client, reference);
    expect(before).toMatchObject({ migratedFrom: null, forum: false });
    const grown = world.migrate(basic, { username: "grown_group", topics: [{ id: 5, title: "Offers" }] });
    const forward = await forwarding(telegram, client);
    expect(await forward({ to: before.peer })).toMatchObject({
      kind: "group_refused",
      stalePeer: true,
      code: "CHAT_ID_INVALID",
    });
    expect(await resolved(client, reference)).toEqual(before);
    const after = await client.resolve(reference, { stale: before.peer });
    expect(after).toMatchObject({
      kind: "resolved",
      chat: { chatId: String(grown.markedId), username: "grown_group", forum: true, migratedFrom: reference },
    });
    // what is read now says something else than the stale peer: it is not read again
    const reads = telegram.emulator.counters.calls["messages.getDialogs"];
    expect(await client.resolve(reference, { stale: before.peer })).toEqual(after);
    expect(telegram.emulator.counters.calls["messages.getDialogs"]).toBe(reads);
  });

  test("of a name, which is then searched for", async () => {
    const client = await telegram.client();
    const { peer } = await resolved(client, "@open_group");
    expect(await client.resolve("@open_group", { stale: peer })).toMatchObject({ kind: "resolved" });
    expect(telegram.emulator.counters.calls["contacts.resolveUsername"]).toBe(1);
  });
});
