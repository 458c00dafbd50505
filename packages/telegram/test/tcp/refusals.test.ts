// What a group's refusal is made of before it is told: until when, of what, and whether it is one.
import { MTProtoSender } from "telegram/network/MTProtoSender.js";
import { Api } from "telegram/tl/index.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { randomId, resolved, startTelegram, type Telegram } from "./telegram.ts";

let telegram: Telegram;
beforeEach(async () => {
  telegram = await startTelegram();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await telegram.stop();
});

describe("when a refusal ends", () => {
  /** Sends a text to the group, each time under the rights as they are then. */
  const asking = async () => {
    const client = await telegram.client();
    const { peer: to } = await resolved(client, "@open_group");
    return () => client.sendText({ text: "Hello", to, topicId: undefined, randomId: randomId(), mayStand: false });
  };
  const later = new Date(Math.ceil(Date.now() / 1000) * 1000 + 7_200_000);

  test("at the date of a mute", async () => {
    const refusal = await asking();
    telegram.group.restrict(telegram.account, { sendMessages: true, until: later.getTime() });
    expect(await refusal()).toMatchObject({ code: "USER_BANNED_IN_CHANNEL", ends: { kind: "at", at: later } });
    expect(telegram.emulator.counters.calls["channels.getChannels"]).toBe(1);
  });

  test("daily, where a mute has no date and where nobody may write (night mode)", async () => {
    const refusal = await asking();
    telegram.group.restrict(telegram.account, { sendMessages: true });
    expect(await refusal()).toMatchObject({ code: "USER_BANNED_IN_CHANNEL", ends: { kind: "daily" } });
    telegram.group.restrict(telegram.account, undefined);
    telegram.group.bannedRights = { sendMessages: true };
    expect(await refusal()).toMatchObject({ code: "CHAT_WRITE_FORBIDDEN", ends: { kind: "daily" } });
    telegram.group.restrict(telegram.account, { sendMessages: true, until: later.getTime() });
    expect(await refusal()).toMatchObject({ code: "USER_BANNED_IN_CHANNEL", ends: { kind: "daily" } });
  });

  test("with the post, where the group takes no such kind; at the date, where only this account may not", async () => {
    const refusal = await asking();
    telegram.group.bannedRights = { sendPlain: true };
    expect(await refusal()).toMatchObject({ code: "CHAT_SEND_PLAIN_FORBIDDEN", ends: { kind: "post_changes" } });
    telegram.group.restrict(telegram.account, { sendPlain: true, until: later.getTime() });
    expect(await refusal()).toMatchObject({ code: "CHAT_SEND_PLAIN_FORBIDDEN", ends: { kind: "post_changes" } });
    telegram.group.bannedRights = {};
    expect(await refusal()).toMatchObject({ code: "CHAT_SEND_PLAIN_FORBIDDEN", ends: { kind: "at", at: later } });
  });

  test("as the error itself says, where the chat is not looked at or does not answer", async () => {
    const refusal = await asking();
    telegram.emulator.faults.add({ method: "channels.getChannels", action: { error: "CHANNEL_PRIVATE", code: 400 } });
    telegram.group.bannedRights = { sendPlain: true };
    expect(await refusal()).toMatchObject({ ends: { kind: "post_changes" } });
    telegram.group.bannedRights = {};
    telegram.group.paidMessageStars = 5;
    expect(await refusal()).toMatchObject({ code: "ALLOW_PAYMENT_REQUIRED_5", ends: { kind: "daily" } });
    expect(telegram.emulator.counters.calls["channels.getChannels"]).toBe(1);
  });
});

describe("a text", () => {
  const SEND = "messages.sendMessage";
  const sending = async () => {
    const client = await telegram.client();
    const { peer: to } = await resolved(client, "@open_group");
    return (id = randomId()) =>
      client.sendText({ text: "See https://example.org", to, topicId: 77, randomId: id, mayStand: false });
  };

  test("goes without its preview where previews are not allowed, under the same random_id", async () => {
    const send = await sending();
    const requests = vi.spyOn(MTProtoSender.prototype, "send");
    telegram.emulator.faults.add({
      method: SEND,
      times: 1,
      action: { error: "CHAT_SEND_WEBPAGE_FORBIDDEN", code: 403 },
    });
    const id = randomId();
    expect(await send(id)).toMatchObject({ kind: "sent" });
    expect(telegram.emulator.record.entries().map((entry) => entry.randomId)).toEqual([id.toString()]);
    const sent = requests.mock.calls.map(([request]) => "query" in request && request.query);
    const texts = sent.filter((query) => query instanceof Api.messages.SendMessage);
    expect(texts.map(({ noWebpage }) => noWebpage === true)).toEqual([false, true]);
  });

  test("is refused, where the link itself is not allowed", async () => {
    telegram.group.bannedRights = { embedLinks: true };
    const send = await sending();
    telegram.emulator.faults.add({ method: SEND, action: { error: "CHAT_SEND_WEBPAGE_FORBIDDEN", code: 403 } });
    expect(await send()).toMatchObject({
      kind: "group_refused",
      code: "CHAT_SEND_WEBPAGE_FORBIDDEN",
      ends: { kind: "post_changes" },
    });
    expect(telegram.emulator.counters.calls[SEND]).toBe(2);
  });

  test.each(["MSG_ID_INVALID", "MESSAGE_ID_INVALID", "REPLY_MESSAGE_ID_INVALID"])(
    "to a topic that is not there (%s) says nothing of the post",
    async (error) => {
      const send = await sending();
      telegram.emulator.faults.add({ method: SEND, action: { error, code: 400 } });
      expect(await send()).toMatchObject({ kind: "group_refused", ends: { kind: "never" }, code: error });
    },
  );
});
