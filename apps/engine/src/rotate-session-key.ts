// Seals all that an old SESSION_KEY sealed with the present one: pnpm run rotate-session-key
// A command and no part of a boot: only its operator knows when every engine can open the new key, and must know when it is
// through, to forget the old one.
import { resealAll } from "@herald/core";
import { createParts } from "./container.ts";
import { readEnvironment } from "./env.ts";

try {
  const { dependencies, database } = await createParts(readEnvironment());
  try {
    const { resealed, current, unopened } = await resealAll(dependencies);
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
