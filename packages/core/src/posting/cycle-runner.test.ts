import { expect, test } from "vitest";
import type { Transaction } from "../ports/index.ts";
import type { Dependencies } from "../services/dependencies.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { CycleRunner } from "./cycle-runner.ts";

test("a job that the queue gives out anew begins when its first run here has ended", async () => {
  const clock = new FakeClock();
  const gate = Promise.withResolvers<void>();
  let begun = 0;
  const lock = async () => {
    begun += 1;
    await gate.promise;
    return { status: "stopped" };
  };
  const tx = { bots: { lock } } as unknown as Transaction;
  const runner = new CycleRunner({
    engineId: "one",
    clock,
    store: { transaction: (work: (tx: Transaction) => Promise<unknown>) => work(tx) },
    events: { onBotChanged: () => () => {} },
  } as unknown as Dependencies);

  const never = new AbortController().signal;
  const runs = [
    runner.run({ botId: "b", userId: "u", number: 1 }, never),
    runner.run({ botId: "b", userId: "u", number: 1 }, never),
  ];
  await clock.advance(1_000);
  expect([begun, runner.runningCycles]).toEqual([1, 1]);
  gate.resolve();
  expect(await Promise.all(runs)).toEqual(["done", "done"]);
  expect([begun, runner.runningCycles]).toEqual([2, 0]);
});
