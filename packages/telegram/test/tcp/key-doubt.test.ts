// What Telegram says of a key for a moment, and what it says for good.
import { afterEach, beforeEach, expect, test } from "vitest";
import { forwarding, startTelegram, type Telegram } from "./telegram.ts";

let telegram: Telegram;
beforeEach(async () => {
  telegram = await startTelegram();
});
afterEach(() => telegram.stop());

const FORWARD = "messages.forwardMessages";

test.each(["AUTH_KEY_UNREGISTERED", "AUTH_KEY_INVALID", "ACTIVE_USER_REQUIRED"])(
  "%s once, and the next connection knows the key: posted, and nobody is buried",
  async (error) => {
    const forward = await forwarding(telegram, await telegram.client());
    telegram.emulator.faults.add({ method: FORWARD, times: 1, action: { error, code: 401 } });
    expect(await forward()).toMatchObject({ kind: "sent" });
    expect(telegram.emulator.counters.connectionsAccepted).toBe(2);
  },
);

test("AUTH_KEY_UNREGISTERED while connecting, once", async () => {
  const action = { error: "AUTH_KEY_UNREGISTERED", code: 401 };
  telegram.emulator.faults.add({ method: "updates.getState", times: 1, action });
  expect(await telegram.connect()).toMatchObject({ kind: "connected" });
});

test("AUTH_KEY_UNREGISTERED a second time, on a new connection and after a pause, is believed", async () => {
  const forward = await forwarding(telegram, await telegram.client());
  telegram.account.revokeKey();
  const begin = performance.now();
  expect(await forward()).toEqual({ kind: "session_dead", cause: "lost", code: "AUTH_KEY_UNREGISTERED" });
  expect(performance.now() - begin).toBeGreaterThan(1_900);
  expect(telegram.emulator.counters.connectionsAccepted).toBe(2);
});

test("AUTH_KEY_UNREGISTERED a second time, after a greeting that Telegram answered, is another moment: posted", async () => {
  const forward = await forwarding(telegram, await telegram.client());
  const action = { error: "AUTH_KEY_UNREGISTERED", code: 401 };
  telegram.emulator.faults.add({ method: FORWARD, times: 2, action });
  expect(await forward()).toMatchObject({ kind: "sent" });
  expect(telegram.emulator.counters.connectionsAccepted).toBe(3);
});

test("what says who ended the session is believed at once", async () => {
  const forward = await forwarding(telegram, await telegram.client());
  telegram.emulator.faults.add({ method: FORWARD, action: { error: "SESSION_REVOKED", code: 401 } });
  expect(await forward()).toEqual({ kind: "session_dead", cause: "lost", code: "SESSION_REVOKED" });
  expect(telegram.emulator.counters.connectionsAccepted).toBe(1);
});

test("a key that is only temporary will not do better on a new connection: the session is lost", async () => {
  const forward = await forwarding(telegram, await telegram.client());
  telegram.emulator.faults.add({ method: FORWARD, action: { error: "AUTH_KEY_PERM_EMPTY", code: 401 } });
  expect(await forward()).toEqual({ kind: "session_dead", cause: "lost", code: "AUTH_KEY_PERM_EMPTY" });
  expect(telegram.emulator.counters.connectionsAccepted).toBe(1);
});
