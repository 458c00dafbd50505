import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mulberry32 } from "../src/faults.ts";
import { type Account, type Emulator, startEmulator, World } from "../src/index.ts";
import { Layers, mtprotoCodec } from "../src/tl/schemas.ts";
import { RawClient, type TransportName } from "./wire/raw-client.ts";

const codec = new Layers().codec(198);
if (!codec) throw new Error("layer 198 is missing");

const SEED = 20_261_122;
const ROUNDS = 300;
const MEMORY_BYTES = 200 << 20;

let emulator: Emulator;
let account: Account;
const internalErrors: string[] = [];

beforeAll(async () => {
  const world = new World();
  account = world.account({ phone: "+99966100001" });
  const log = (line: string) => line.includes("internal") && internalErrors.push(line);
  emulator = await startEmulator({ world, log });
});
afterAll(() => emulator.stop());

/** The proof that nothing hangs: another client is served at once. */
async function stillServes(): Promise<void> {
  const client = await RawClient.open(emulator);
  const other = emulator.world.account({ phone: `+99977${String(emulator.world.accounts.size).padStart(6, "0")}` });
  client.use(other.authKey());
  expect((await client.init(codec as NonNullable<typeof codec>, { _: "updates.getState" }))._).toBe("updates.state");
  client.close();
  expect(internalErrors).toEqual([]);
}

/** Writes bytes on a fresh connection, and waits until the server has closed it or has taken them all. */
function throwBytes(bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: emulator.host, port: emulator.port });
    socket.on("error", () => undefined);
    socket.once("close", () => resolve());
    socket.on("data", () => undefined);
    socket.end(bytes);
  });
}

function randomBuffer(random: () => number, bytes: number): Buffer {
  return Buffer.from(Array.from({ length: bytes }, () => Math.floor(random() * 256)));
}

describe("bytes that make no sense", () => {
  test("as a whole stream", async () => {
    const random = mulberry32(SEED);
    const openings = ["", "ef", "eeeeeeee", "dddddddd", "5000000000000000"].map((hex) => Buffer.from(hex, "hex"));
    for (let round = 0; round < ROUNDS; round++) {
      const opening = openings[round % openings.length] as Buffer;
      await throwBytes(Buffer.concat([opening, randomBuffer(random, Math.floor(random() * 600))]));
    }
    await stillServes();
  });

  test("huge length fields hold no memory", async () => {
    const before = process.memoryUsage.rss();
    const lengths = [0x7fffffff, 0x00ffffff, 0xffffffff, 1 << 21];
    const clients = await Promise.all(lengths.map(() => RawClient.open(emulator, "intermediate")));
    for (const [index, length] of lengths.entries()) {
      const header = Buffer.alloc(4);
      header.writeUInt32LE(length, 0);
      clients[index]?.socket.write(header);
    }
    await Promise.all(clients.map((client) => client.closed));
    expect(process.memoryUsage.rss() - before).toBeLessThan(MEMORY_BYTES);
    await stillServes();
  });

  test("as packets of every transport, cut and flipped", async () => {
    const random = mulberry32(SEED + 1);
    const transports: TransportName[] = ["full", "abridged", "intermediate", "padded", "obfuscated padded"];
    for (let round = 0; round < ROUNDS; round++) {
      const client = await RawClient.open(emulator, transports[round % transports.length]);
      client.use(account.authKey());
      const { packet } = client.seal(codec.encode({ _: "updates.getState" }));
      const cut = packet.subarray(0, Math.floor(random() * (packet.length + 1)) & ~3);
      const at = Math.floor(random() * Math.max(cut.length, 1));
      if (round % 3 !== 0 && cut.length > 0) cut.writeUInt8(cut.readUInt8(at) ^ (1 + Math.floor(random() * 255)), at);
      client.writePacket(cut);
      client.socket.end();
      await client.closed;
    }
    await stillServes();
  });

  test("as unencrypted messages of the key exchange", async () => {
    const random = mulberry32(SEED + 2);
    const names = ["req_pq_multi", "req_DH_params", "set_client_DH_params", "resPQ", "ping"];
    for (let round = 0; round < ROUNDS; round++) {
      const client = await RawClient.open(emulator, "abridged");
      for (const name of [names[0], names[round % names.length]] as string[]) {
        const body = mtprotoCodec().encode({
          ...{ _: name, nonce: Buffer.alloc(16), server_nonce: randomBuffer(random, 16), ping_id: 1n },
          ...{ pq: randomBuffer(random, 8), p: randomBuffer(random, 4), q: randomBuffer(random, 4) },
          ...{ public_key_fingerprint: emulator.rsaFingerprint, encrypted_data: randomBuffer(random, 256) },
        });
        const head = Buffer.alloc(20);
        head.writeInt32LE(body.length, 16);
        client.writePacket(Buffer.concat([head, body]));
      }
      client.socket.end();
      await client.closed;
    }
    await stillServes();
  });

  test("inside well encrypted messages", async () => {
    const random = mulberry32(SEED + 3);
    const valid = [
      codec.encode({ _: "updates.getState" }),
      codec.encode({ _: "messages.sendMessage", peer: { _: "inputPeerSelf" }, message: "hello", random_id: 1n }),
      codec.encode({ _: "users.getUsers", id: [{ _: "inputUserSelf" }] }),
      mtprotoCodec().encode({ _: "msgs_state_req", msg_ids: [1n, 2n] }),
      Buffer.from(`dcf8f173ffffff7f${"00".repeat(24)}`, "hex"),
      Buffer.from("a1cf723004000000", "hex"),
      Buffer.from("0d0d9bdaffffffff", "hex"),
      Buffer.from("2d379fcb".repeat(40), "hex"),
    ];
    for (let round = 0; round < ROUNDS; round++) {
      const client = await RawClient.open(emulator, "intermediate");
      client.use(account.authKey());
      const body = Buffer.from(valid[round % valid.length] as Buffer);
      for (let flips = Math.floor(random() * 4); flips > 0; flips--) {
        body.writeUInt8(Math.floor(random() * 256), Math.floor(random() * body.length));
      }
      client.salt = account.authKey().readBigInt64LE(0);
      client.writePacket(client.seal(body).packet);
      client.socket.end();
      await client.closed;
    }
    await stillServes();
  });
});

describe("clients that misbehave", () => {
  test("one that never reads is cut, and the others are served", async () => {
    const world = emulator.world;
    const mute = world.account({ phone: "+99966100002" });
    const group = world.supergroup({ title: "Loud", members: [mute] });
    const client = await RawClient.open(emulator);
    client.use(mute.authKey());
    await client.init(codec, { _: "updates.getState" });
    client.socket.pause();
    const text = "loud ".repeat(800);
    for (let posts = 0; posts < 20_000 && emulator.counters.slowReaders === 0; posts++) {
      group.post(text);
      group.delete(group.lastMessage?.id ?? 0);
      if (posts % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(emulator.counters.slowReaders).toBe(1);
    client.close();
    await stillServes();
  });

  test("idle connections are no burden to the others", async () => {
    const idle = await Promise.all(Array.from({ length: 500 }, () => RawClient.open(emulator)));
    await stillServes();
    for (const client of idle) client.close();
  });
});
