// RANDOM_ID_DUPLICATE: the same words for "this has arrived", "this is on its way" and "this is another message's number".
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forwarding, randomId, resolved, startTelegram, type Telegram } from "./telegram.ts";

let telegram: Telegram;
beforeEach(async () => {
  telegram = await startTelegram();
});
afterEach(() => telegram.stop());

const FORWARD = "messages.forwardMessages";
const duplicate = (times: number) =>
  telegram.emulator.faults.add({ method: FORWARD, times, action: { error: "RANDOM_ID_DUPLICATE", code: 500 } });

test("on a first try is another message's: nothing is booked as sent", async () => {
  const forward = await forwarding(telegram, await telegram.client());
  duplicate(1);
  expect(await forward()).toEqual({ kind: "random_id_taken", code: "RANDOM_ID_DUPLICATE" });
  expect(telegram.calls(FORWARD)).toBe(1);
});

test("after a try that may have been executed: asked again, and Telegram names its message", async () => {
  const forward = await forwarding(telegram, await telegram.client());
  const id = randomId();
  const first = await forward({ randomId: id });
  await forward();
  duplicate(1);
  expect(await forward({ randomId: id, mayStand: true, firstTriedAt: new Date() })).toEqual(first);
  expect(telegram.calls(FORWARD)).toBe(4);
});

describe("and always the same word: the message is searched for,", () => {
  /** The same post of an earlier cycle, ten minutes ago by Telegram's clock, which is so many seconds ahead of ours. */
  const afterAnEarlierPost = async (ahead = 0) => {
    const { world } = telegram.emulator;
    world.clockSkew = ahead - 600;
    const before = await telegram.client();
    await (await forwarding(telegram, before))();
    await before.close();
    world.clockSkew = ahead;
    return forwarding(telegram, await telegram.client());
  };

  test.each([0, 3_000, -3_000])(
    "the newest own one since the first try, with a clock that is %i s ahead",
    async (ahead) => {
      const forward = await afterAnEarlierPost(ahead);
      const firstTriedAt = new Date();
      const first = await forward();
      telegram.group.post("somebody else's");
      duplicate(2);
      expect(await forward({ mayStand: true, firstTriedAt })).toEqual(first);
    },
  );

  test.each([
    ["since the first try", { mayStand: true, firstTriedAt: new Date(Date.now() - 60_000) }],
    ["since this call, where no earlier try is named", { mayStand: true }],
  ])("and none was written %s: an earlier post is not taken for it", async (_, send) => {
    const forward = await afterAnEarlierPost();
    duplicate(2);
    expect(await forward(send)).toEqual({ kind: "sent", messageId: null });
  });
});

test("after a connection that was lost in the same call", async () => {
  const { faults, record } = telegram.emulator;
  const forward = await forwarding(telegram, await telegram.client());
  faults.add({ method: FORWARD, times: 1, action: { drop: "after" } });
  duplicate(1);
  duplicate(1);
  const outcome = await forward();
  expect(outcome).toEqual({ kind: "sent", messageId: record.entries()[0]?.messageId });
  expect(record.entries()).toHaveLength(1);
});

test("of a text: in its topic, and not the same text in another", async () => {
  const { world, faults } = telegram.emulator;
  const topics = [5, 6].map((id) => ({ id, title: `Topic ${id}` }));
  world.supergroup({ username: "a_forum", title: "Forum", members: [telegram.account], topics });
  const client = await telegram.client();
  const { peer: to } = await resolved(client, "@a_forum");
  const firstTriedAt = new Date();
  const send = (topicId: number, mayStand: boolean) =>
    client.sendText({ text: "Hello", to, topicId, randomId: randomId(), mayStand, firstTriedAt });
  const first = await send(5, false);
  expect(await send(6, false)).toMatchObject({ kind: "sent" });
  faults.add({ method: "messages.sendMessage", times: 2, action: { error: "RANDOM_ID_DUPLICATE", code: 500 } });
  expect(await send(5, true)).toEqual(first);
});

test("and no message of it to be found: asked once more, and sent without its number", async () => {
  const forward = await forwarding(telegram, await telegram.client());
  duplicate(2);
  expect(await forward({ mayStand: true })).toEqual({ kind: "sent", messageId: null });
  expect(telegram.calls(FORWARD)).toBe(2);
});

test("while the first call still runs: its message, when it is there", async () => {
  const forward = await forwarding(telegram, await telegram.client());
  duplicate(1);
  const outcome = await forward({ mayStand: true });
  expect(outcome).toEqual({ kind: "sent", messageId: telegram.emulator.record.entries()[0]?.messageId });
});

test("and then a refusal leaves open whether the first call was executed", async () => {
  const forward = await forwarding(telegram, await telegram.client());
  duplicate(1);
  telegram.emulator.faults.add({ method: FORWARD, action: { error: "FLOOD_WAIT_9", code: 420 } });
  expect(await forward({ mayStand: true })).toMatchObject({ kind: "flood_wait", unanswered: true });
});
