// How long each of many starts takes that come at the same moment: `pnpm run bench:starts`. Fifty users press Start on one
// engine, in a process of its own; each has an account to be assigned and a seat to be found on an API pair.

import { startStack } from "@herald/engine/testing";
import { startTestDatabase } from "@herald/scripts/test-database";
import { setScene } from "@herald/testing/scene";

const STARTS = 50;

const server = await startTestDatabase();
const stack = await startStack({ database: { url: server.url, drop: async () => {} } });
try {
  await stack.spawnEngine();
  const scenes = [];
  for (let n = 0; n < STARTS; n += 1) scenes.push(await setScene(stack, { accounts: 1, groups: 2 }));
  // each scene empties the pool of what the one before left there
  await stack.fillPool(scenes.slice(0, -1).flatMap(({ accounts }) => accounts));
  const begun = performance.now();
  const answers = await Promise.all(
    scenes.map(async ({ user }) => {
      const asked = performance.now();
      const refused = await user.api.bot.start.mutate({}).then(
        () => null,
        (error: unknown) => String(error),
      );
      return { took: performance.now() - asked, refused };
    }),
  );
  const sorted = answers.map(({ took }) => took).sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN);
  console.log(`${STARTS} starts at once: all answered after ${Math.round(performance.now() - begun)} ms`);
  console.log(`each: fastest ${at(0)} ms, median ${at(0.5)} ms, slowest ${at(1)} ms`);
  for (const { refused } of answers) if (refused !== null) console.log(`refused: ${refused}`);
} finally {
  await stack[Symbol.asyncDispose]();
  server.stop();
}
