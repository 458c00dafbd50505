// Answers of a form that GramJS does not know, as those of a later layer would be.
import { tlobjects } from "telegram/tl/AllTLObjects.js";
import { Api } from "telegram/tl/index.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { forwarding, startTelegram, type Telegram } from "./telegram.ts";

let telegram: Telegram;
beforeEach(async () => {
  telegram = await startTelegram();
});
afterEach(() => telegram.stop());

const FORWARD = "messages.forwardMessages";

/** As if the layer had no such constructor: what is in an answer behind it cannot be read. */
const forget = ({ CONSTRUCTOR_ID }: { CONSTRUCTOR_ID: number }) => {
  const known = tlobjects[CONSTRUCTOR_ID];
  delete tlobjects[CONSTRUCTOR_ID];
  forgotten.push(() => {
    tlobjects[CONSTRUCTOR_ID] = known;
  });
};
const forgotten: (() => void)[] = [];
afterEach(() => {
  for (const restore of forgotten.splice(0)) restore();
});

test("the number of the message is read out of it, on the same connection, in one call", async () => {
  const forward = await forwarding(telegram, await telegram.client());
  forget(Api.UpdateNewChannelMessage);
  const outcome = await forward({ randomId: -5_000_000_000_000_000_001n });
  expect(outcome).toEqual({ kind: "sent", messageId: telegram.emulator.record.entries()[0]?.messageId });
  expect(telegram.calls(FORWARD)).toBe(1);
  expect(telegram.emulator.counters.connectionsAccepted).toBe(1);
});

test("without a number in it, it is an answer all the same: not asked again, and called what it is", async () => {
  const client = await telegram.client();
  forget(Api.User);
  expect(await client.me()).toEqual({ kind: "unknown", code: "UNREADABLE_ANSWER" });
  expect(telegram.calls("users.getUsers")).toBe(1);
  expect(telegram.emulator.counters.connectionsAccepted).toBe(1);
});

test("the account's list of chats cannot be read: a name is searched for", async () => {
  const client = await telegram.client();
  forget(Api.Dialog);
  expect(await client.resolve("@open_group")).toMatchObject({ kind: "resolved" });
});
