import { expect } from "vitest";
import {
  type Account,
  type Chat,
  type Emulator,
  type EmulatorOptions,
  readSchemaFile,
  startEmulator,
  World,
} from "../../src/index.ts";
import { generateRsaKey } from "../../src/mtproto/rsa-key.ts";
import type { ClientLibrary, ConnectOptions, TestClient, Tl } from "../clients/client.ts";
import { env } from "../env.ts";

/** Making a key takes a while: one for all emulators of a test run. */
const rsaPrivateKeyPem = generateRsaKey().privateKey.export({ type: "pkcs8", format: "pem" }) as string;

export interface Scenario {
  readonly name: string;
  /** The first layer that has what the scenario needs. */
  readonly fromLayer?: number;
  /** Libraries that can't show it, and why. */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** How its emulator is started. */
  readonly open?: EmulatorOptions;
  run(stage: Stage): Promise<void>;
}

/** One emulator with a small world, and the foreign clients that a scenario connects to it. */
export class Stage {
  readonly library: ClientLibrary;
  readonly emulator: Emulator;
  readonly world: World;
  readonly alice: Account;
  readonly bob: Account;
  readonly news: Chat;
  readonly talk: Chat;
  private readonly clients: TestClient[] = [];

  private constructor(library: ClientLibrary, emulator: Emulator) {
    this.library = library;
    this.emulator = emulator;
    this.world = emulator.world;
    this.alice = this.world.account({ phone: "+99966100001", username: "alice_a" });
    this.bob = this.world.account({ phone: "+99966100002", username: "bob_b" });
    this.news = this.world.channel({ username: "newsroom", title: "News", posts: ["first", "second"] });
    this.talk = this.world.supergroup({ username: "talkroom", title: "Talk", members: [this.alice, this.bob] });
  }

  static async open(library: ClientLibrary, options: EmulatorOptions = {}): Promise<Stage> {
    const schemas = env.schema === undefined ? [] : [readSchemaFile(env.schema)];
    const emulator = await startEmulator({ world: new World(), rsaPrivateKeyPem, schemas, ...options });
    return new Stage(library, emulator);
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    await this.emulator.stop();
  }

  /** A client with an account's stored key. */
  as(account: Account, n = 0, options: Partial<ConnectOptions> = {}): Promise<TestClient> {
    return this.connect({ authKey: account.authKey(n), ...options });
  }

  /** A client without a key. */
  stranger(): Promise<TestClient> {
    return this.connect({});
  }

  private async connect(options: Partial<ConnectOptions>): Promise<TestClient> {
    const client = await this.library.connect({ emulator: this.emulator, ...options });
    this.clients.push(client);
    return client;
  }
}

let lastRandomId = 5_000_000_000n;
export const randomId = () => -++lastRandomId;

/** The input peer of an account's view of a chat. */
export function peerTo(account: Account, chat: Chat): Tl {
  if (!chat.isChannelPeer) return { _: "inputPeerChat", chat_id: BigInt(chat.id) };
  return { _: "inputPeerChannel", channel_id: BigInt(chat.id), access_hash: chat.accessHash(account) };
}

export const channelTo = (account: Account, chat: Chat): Tl => ({ ...peerTo(account, chat), _: "inputChannel" });

export function send(client: TestClient, peer: Tl, message: string, id = randomId()): Promise<Tl> {
  return client.invoke("messages.sendMessage", { peer, message, random_id: id });
}

export function dialogs(client: TestClient): Promise<Tl> {
  const offset = { offset_date: 0, offset_id: 0, offset_peer: { _: "inputPeerEmpty" } };
  return client.invoke("messages.getDialogs", { ...offset, limit: 100, hash: 0n });
}

export function forward(
  client: TestClient,
  from: Tl,
  to: Tl,
  ids: number[],
  extra: Record<string, unknown> = {},
): Promise<Tl> {
  const random_id = ids.map(() => randomId());
  return client.invoke("messages.forwardMessages", { from_peer: from, to_peer: to, id: ids, random_id, ...extra });
}

/** The message ids that a send gave. */
export const idsIn = (updates: Tl): number[] =>
  (updates.updates as Tl[]).filter((update) => update._ === "updateMessageID").map((update) => update.id as number);

/** The messages that a send or a difference carries. */
export const messagesIn = (updates: Tl): Tl[] =>
  (updates.updates as Tl[]).filter((update) => update.message !== undefined).map((update) => update.message as Tl);

/** Resolves when a fault has fired; the test's own time limit ends the wait. */
export async function fired(stage: Stage): Promise<void> {
  while (stage.emulator.faults.fired().length === 0) await new Promise((resolve) => setImmediate(resolve));
}

export async function refused(call: Promise<unknown>, message: string | RegExp): Promise<void> {
  await expect(call).rejects.toThrow(message);
}

/** Resolves with the first update that fits; the test's own time limit ends the wait. */
export function nextUpdate(client: TestClient, fits: (update: Tl) => boolean): Promise<Tl> {
  return new Promise((resolve) => client.onUpdate((update) => fits(update) && resolve(update)));
}

export const isNewMessage = (text: string) => (update: Tl) =>
  (update._ === "updateNewChannelMessage" || update._ === "updateNewMessage") && update.message?.message === text;
