import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Account, type Chat, type Emulator, startEmulator, World } from "../src/index.ts";
import { Layers } from "../src/tl/schemas.ts";
import { RawClient, type TransportName } from "./wire/raw-client.ts";

const codec = new Layers().codec(198);
if (!codec) throw new Error("layer 198 is missing");

const TRANSPORTS: TransportName[] = [
  ...(["full", "abridged", "intermediate", "padded"] as const),
  ...(["obfuscated abridged", "obfuscated intermediate", "obfuscated padded"] as const),
];

let emulator: Emulator;
let account: Account;
let news: Chat;

const LONG_TEXT = "long ".repeat(700);

interface History {
  readonly messages: readonly { readonly message: string }[];
}

beforeAll(async () => {
  const world = new World();
  account = world.account({ phone: "+99966100001" });
  news = world.channel({ username: "newsroom", title: "News", posts: [LONG_TEXT] });
  emulator = await startEmulator({ world });
});
afterAll(() => emulator.stop());

describe.each(TRANSPORTS)("over %s", (transport) => {
  test("a key is agreed on, by either RSA padding", async () => {
    for (const padding of ["RSA_PAD", "SHA-1"] as const) {
      const client = await RawClient.open(emulator, transport);
      const key = await client.exchangeKeys(emulator, padding);
      expect(emulator.world.keys.find(key)?.account).toBeUndefined();
      client.close();
    }
  });

  test("a call with a stored key is answered, long answers too", async () => {
    const client = await RawClient.open(emulator, transport);
    client.use(account.authKey());
    const state = await client.init(codec, { _: "updates.getState" });
    expect(state._).toBe("updates.state");
    // Longer than the 508 bytes that abridged can say in one byte.
    const access_hash = emulator.world.accessHash(account, news);
    const peer = { _: "inputPeerChannel", channel_id: news.id, access_hash };
    const { messages } = (await client.call(codec, { _: "messages.getHistory", peer, limit: 1 })) as never as History;
    expect(messages[0]?.message).toBe(LONG_TEXT);
    client.close();
  });
});
