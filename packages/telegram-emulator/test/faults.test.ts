import { expect, test } from "vitest";
import { type FaultRule, Faults } from "../src/faults.ts";

const subject = { method: "messages.sendMessage", needsLogin: true, accountId: 1, chatId: -100, randomIds: ["5"] };
const action = { error: "FLOOD_WAIT_5", code: 420 };

function firings(rule: Omit<FaultRule, "action">, calls: number, seed = 1): boolean[] {
  const faults = new Faults(seed);
  faults.add({ ...rule, action });
  return Array.from({ length: calls }, () => faults.match(subject) !== undefined);
}

test("a rule fires on its n-th match, or so many times", () => {
  expect(firings({ method: "messages.sendMessage", nth: 2 }, 4)).toEqual([false, true, false, false]);
  expect(firings({ method: "*", times: 2 }, 4)).toEqual([true, true, false, false]);
  expect(firings({ method: "*", nth: 2, times: 2 }, 4)).toEqual([false, true, true, false]);
});

test("a rule holds for its method, account and chat alone", () => {
  expect(firings({ method: "messages.forwardMessages" }, 1)).toEqual([false]);
  expect(firings({ method: "*", accountId: 2 }, 1)).toEqual([false]);
  expect(firings({ method: "*", chatId: -200 }, 1)).toEqual([false]);
  expect(firings({ method: "*", accountId: 1, chatId: -100 }, 1)).toEqual([true]);
});

test("a rule for what needs a login spares the rest", () => {
  const faults = new Faults(1);
  faults.add({ method: "*", needsLogin: true, times: 1, action });
  expect(faults.match({ ...subject, method: "help.getConfig", needsLogin: false })).toBeUndefined();
  expect(faults.match(subject)).toEqual(action);
});

test("a probability gives the same firings for the same seed", () => {
  const rule = { method: "*", probability: 0.5 };
  const first = firings(rule, 100, 9);
  expect(firings(rule, 100, 9)).toEqual(first);
  expect(firings(rule, 100, 10)).not.toEqual(first);
  expect(first.filter(Boolean).length).toBeGreaterThan(25);
  expect(first.filter(Boolean).length).toBeLessThan(75);
});
