import { setScene } from "@herald/testing/scene";
import { expect, onTestFinished, test } from "vitest";
import { createParts } from "./container.ts";
import { readEnvironment } from "./env.ts";
import { startStack } from "./testing/stack.ts";

test("an engine that is to stop is not ready any more from that moment on, while it still answers", async () => {
  const stack = await startStack();
  onTestFinished(() => stack[Symbol.asyncDispose]());
  const engine = await stack.startEngine("one");
  const parts = await createParts(readEnvironment(stack.environment("beside")));
  onTestFinished(() => parts.database.close());
  const scene = await setScene(stack, { accounts: 1, groups: 5, delayBetweenPosts: 60 });
  await scene.user.api.bot.start.mutate({});
  await scene.until(1);
  const status = async (path: string) => (await fetch(`${engine.url}${path}`)).status;
  expect(await status("/ready")).toBe(200);

  // a row that is locked keeps the engine from handing its cycle back, and so from ending
  const stopped = await parts.dependencies.store.transaction(async (tx) => {
    const { id } = await tx.bots.lockOfUser(scene.user.id);
    const cycle = await tx.cycles.current(id);
    if (cycle === null) throw new Error("there is no cycle");
    await tx.cycles.handBack(cycle.id, cycle.epoch);
    const stopping = engine.stop();
    expect([await status("/ready"), await status("/live")]).toEqual([503, 200]);
    return { stopping };
  });
  await stopped.stopping;
});
