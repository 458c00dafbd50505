import { startEmulator } from "../src/index.ts";
import { RawClient } from "../test/wire/raw-client.ts";

/** Key exchanges with random keys, both paddings: `node bench/key-exchanges.ts [count]` */
const [count = 10_000] = process.argv.slice(2).map(Number);
const AT_ONCE = 8;

const emulator = await startEmulator();
let left = count;
let short = 0;
const failures: string[] = [];
const startedAt = performance.now();
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) {
      const client = await RawClient.open(emulator);
      try {
        const key = await client.exchangeKeys(emulator, left % 2 === 0 ? "RSA_PAD" : "SHA-1");
        if (key.length < 256) short++;
      } catch (error) {
        failures.push(String(error));
      }
      client.close();
    }
  }),
);
const seconds = (performance.now() - startedAt) / 1000;
console.log(
  `${count} key exchanges in ${seconds.toFixed(0)} s, ${failures.length} failures; ${short} keys had leading zeros`,
);
for (const failure of new Set(failures)) console.log(failure);
await emulator.stop();
process.exitCode = failures.length > 0 ? 1 : 0;
