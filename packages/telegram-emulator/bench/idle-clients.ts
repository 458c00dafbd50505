import { deterministicAuthKey, World } from "../src/index.ts";
import { Layers } from "../src/tl/schemas.ts";
import { RawClient } from "../test/wire/raw-client.ts";
import { startProcess } from "./emulator-process.ts";

/** Memory of the emulator's process with connected, idle, logged-in clients: `node bench/idle-clients.ts [clients]` */
const [clients = 5000] = process.argv.slice(2).map(Number);
const AT_ONCE = 100;

const codec = new Layers().codec(198);
if (!codec) throw new Error("layer 198 is missing");
const phones = Array.from({ length: clients }, (_, index) => `+9996600${String(index).padStart(5, "0")}`);
const emulator = await startProcess({ accounts: phones.map((phone) => ({ phone })) });
const twin = new World();
const accounts = phones.map((phone) => twin.account({ phone }));
const before = await emulator.usage();
const open: RawClient[] = [];
for (let from = 0; from < clients; from += AT_ONCE) {
  await Promise.all(
    accounts.slice(from, from + AT_ONCE).map(async (account) => {
      const client = await RawClient.open(emulator.address);
      client.use(deterministicAuthKey(twin.seed, account.id, 0));
      await client.init(codec, { _: "updates.getState" });
      open.push(client);
    }),
  );
}
const after = await emulator.usage();
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
console.log(
  `${clients} idle clients: ${megabytes(after.residentBytes)} MB resident, ${megabytes(before.residentBytes)} MB before`,
);
for (const client of open) client.close();
await emulator.stop();
