// How long from a click on Start to the first post in a group: `pnpm run bench:click`. The engine runs in a process of its
// own; the time is from the call of bot.start to the emulator's record of the post.

import { startStack } from "@herald/engine/testing";
import { startTestDatabase } from "@herald/scripts/test-database";
import { setScene } from "@herald/testing/scene";

const ROUNDS = 21;

const server = await startTestDatabase();
const stack = await startStack({ database: { url: server.url, drop: async () => {} } });
try {
  await stack.spawnEngine();
  const scene = await setScene(stack, { accounts: 4, groups: 20, delayBetweenPosts: 1 });
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = scene.posted().length;
    // another text each time, so that a new cycle begins
    await scene.user.api.bot.configure.mutate({ post: { type: "text", content: `round ${round}` } });
    const clicked = performance.now();
    const posted = scene.until(before + 1).then(() => performance.now() - clicked);
    await scene.user.api.bot.start.mutate({});
    times.push(await posted);
    await scene.user.api.bot.stop.mutate();
  }
  const [first, ...later] = times;
  const sorted = later.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN);
  console.log(`first start (accounts assigned, groups looked up): ${Math.round(first ?? Number.NaN)} ms`);
  console.log(`${sorted.length} later starts: median ${at(0.5)} ms, fastest ${at(0)} ms, slowest ${at(1)} ms`);
} finally {
  await stack[Symbol.asyncDispose]();
  server.stop();
}
