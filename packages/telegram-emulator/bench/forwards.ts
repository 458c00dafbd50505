import { randomBytes } from "node:crypto";
import { type Account, type Chat, deterministicAuthKey, World } from "../src/index.ts";
import { Layers } from "../src/tl/schemas.ts";
import { RawClient } from "../test/wire/raw-client.ts";
import { startProcess } from "./emulator-process.ts";

/** CPU that the emulator's process spends on forwards: `node bench/forwards.ts [clients] [forwards] [members a group]` */
const [clients = 50, forwards = 10_000, members = 1] = process.argv.slice(2).map(Number);

const codec = new Layers().codec(198);
if (!codec) throw new Error("layer 198 is missing");

const phones = Array.from({ length: clients }, (_, index) => `+9996600${String(index).padStart(5, "0")}`);
const groupMembers = (index: number) =>
  phones.slice(index, index + members).concat(phones.slice(0, Math.max(0, index + members - clients)));
const emulator = await startProcess({
  accounts: phones.map((phone) => ({ phone })),
  channels: [
    {
      title: "News",
      username: "newsroom",
      posts: ["An announcement of ordinary length, with a link: https://example.com"],
    },
  ],
  supergroups: phones.map((_, index) => ({
    title: `Group ${index}`,
    username: `group_${index}`,
    members: groupMembers(index),
  })),
});

// The same file and seed give the same ids and access hashes here.
const twin = new World();
const accounts = phones.map((phone) => twin.account({ phone }));
const news = twin.channel({ title: "News" });
const groups = phones.map((_, index) => twin.supergroup({ title: `Group ${index}` }));
const peer = (account: Account, chat: Chat) => ({
  _: "inputPeerChannel",
  channel_id: chat.id,
  access_hash: twin.accessHash(account, chat),
});

const sessions = await Promise.all(
  accounts.map(async (account, index) => {
    const client = await RawClient.open(emulator.address);
    client.use(deterministicAuthKey(twin.seed, account.id, 0));
    await client.init(codec, { _: "updates.getState" });
    const forward = () =>
      client.call(codec, {
        _: "messages.forwardMessages",
        from_peer: peer(account, news),
        to_peer: peer(account, groups[index] as Chat),
        id: [1],
        random_id: [randomBytes(8).readBigInt64LE(0)],
      });
    return { client, forward };
  }),
);

async function run(count: number): Promise<void> {
  let left = count;
  await Promise.all(
    sessions.map(async ({ forward }) => {
      while (left-- > 0) await forward();
    }),
  );
}

const results: number[] = [];
await run(2000);
for (let round = 1; round <= 5; round++) {
  const before = await emulator.usage();
  const startedAt = performance.now();
  await run(forwards / 5);
  const after = await emulator.usage();
  const cpu = ((after.cpuSeconds - before.cpuSeconds) / (forwards / 5)) * 1000;
  results.push(cpu);
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(
    `round ${round}: ${cpu.toFixed(3)} CPU-seconds per 1,000 forwards, ${Math.round(forwards / 5 / seconds)} forwards a second`,
  );
}
results.sort((a, b) => a - b);
console.log(
  `median ${results[2]?.toFixed(3)} CPU-seconds per 1,000 forwards; ${clients} clients, ${members} member(s) a group`,
);
for (const { client } of sessions) client.close();
await emulator.stop();
