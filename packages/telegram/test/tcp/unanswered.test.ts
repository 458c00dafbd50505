// A call whose answer was lost may have been executed: that is said beside whatever Telegram answers to the calls after it.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forwarding, randomId, resolved, startTelegram, type Telegram } from "./telegram.ts";

let telegram: Telegram;
beforeEach(async () => {
  telegram = await startTelegram();
});
afterEach(() => telegram.stop());

describe("a text whose answer was lost, and whose preview is then refused", () => {
  const SEND = "messages.sendMessage";
  const sending = async (...errors: string[]) => {
    const { faults } = telegram.emulator;
    const client = await telegram.client();
    const { peer: to } = await resolved(client, "@open_group");
    faults.add({ method: SEND, times: 1, action: { drop: "after" } });
    for (const error of ["CHAT_SEND_WEBPAGE_FORBIDDEN", ...errors])
      faults.add({ method: SEND, times: 1, action: { error, code: 400 } });
    return client.sendText({
      text: "See https://example.org",
      to,
      topicId: undefined,
      randomId: randomId(),
      mayStand: false,
    });
  };

  test("and that without it gets a wait", async () => {
    expect(await sending("FLOOD_WAIT_9")).toEqual({
      kind: "flood_wait",
      seconds: 9,
      method: "any",
      code: "FLOOD_WAIT_9",
      unanswered: true,
    });
    expect(telegram.emulator.record.entries()).toHaveLength(1);
  });

  test("and that without it has a known random_id: it is the first one's", async () => {
    const outcome = await sending("RANDOM_ID_DUPLICATE");
    expect(telegram.emulator.record.entries()).toMatchObject([{ chatId: telegram.group.markedId }]);
    expect(outcome).toEqual({ kind: "sent", messageId: telegram.emulator.record.entries()[0]?.messageId });
  });
});

test("a forward whose answer was lost, and whose source is then closed", async () => {
  const forward = await forwarding(telegram, await telegram.client());
  telegram.emulator.faults.add({ method: "messages.forwardMessages", times: 1, action: { drop: "before" } });
  telegram.channel.kick(telegram.account);
  expect(await forward()).toEqual({
    kind: "group_refused",
    scope: "pair",
    suspect: false,
    ends: { kind: "daily" },
    stalePeer: true,
    code: "CHANNEL_PRIVATE",
    unanswered: true,
    source: true,
  });
});
