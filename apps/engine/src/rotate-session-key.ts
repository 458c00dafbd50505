// Seals all that an old SESSION_KEY sealed with the present one: pnpm run keys:rotate
// A command and no part of a boot: only its operator knows when every engine can open the new key, and must know when it is
// through, to forget the old one.
import { resealAll } from "@herald/core";
import { createParts } from "./container.ts";
import { readEnvironment } from "./env.ts";

try {
  const { dependencies, database } = await createParts(readEnvironment());
  try {
    const behind = await database.engines.withoutOurKey();
    if (behind.length > 0)
      throw new Error(
        `Nothing was changed: of the engines that run, ${behind.join(", ")} cannot open what this SESSION_KEY seals. Start them again with it, as SESSION_KEY or among SESSION_KEYS_OLD; then run this again.`,
      );
    const { resealed, current, unopened } = await resealAll(dependencies, showProgress);
    console.log(`${resealed} sealed with SESSION_KEY now, ${current} before.`);
    for (const reason of unopened) console.error(reason);
    if (unopened.length > 0)
      console.error(`${unopened.length} are as they were: keep SESSION_KEYS_OLD, and run this again.`);
    else console.log("Nothing needs SESSION_KEYS_OLD any more.");
    process.exitCode = unopened.length > 0 ? 1 : 0;
  } finally {
    await database.close();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** In a terminal one line that counts; elsewhere a line for each tenth. */
function showProgress(done: number, of: number): void {
  const line = `${done} of ${of} looked at`;
  if (process.stdout.isTTY) process.stdout.write(`\r${line}${done === of ? "\n" : ""}`);
  else if (Math.floor((10 * done) / of) > Math.floor((10 * (done - 1)) / of)) console.log(line);
}
