import { randomBytes } from "node:crypto";
import type { Gateway, Peer, ResolvedChat, SessionSecret, TelegramClient } from "@herald/core";
import { type Account, type Chat, type Emulator, startEmulator } from "@herald/telegram-emulator";
import { vi } from "vitest";
import { createGateway, type GatewayOptions, parseDc } from "../../src/index.ts";
import { type Door, type DoorOptions, openDoor } from "./proxy.ts";

/** A Telegram on loopback, with one account, a channel with a post and a supergroup. */
export interface Telegram {
  emulator: Emulator;
  account: Account;
  channel: Chat;
  group: Chat;
  gateway(options?: GatewayOptions): Gateway;
  connect(options?: ConnectOptions): Promise<Awaited<ReturnType<Gateway["connect"]>>>;
  /** {@link connect}, for when it has to succeed. Closed by {@link stop}. */
  client(options?: ConnectOptions): Promise<TelegramClient>;
  /** A door of its own between client and server. Closed by {@link stop}. */
  door(options: DoorOptions): Promise<Door>;
  /** how often this method was called so far */
  calls(method: string): number;
  stop(): Promise<void>;
}

interface ConnectOptions {
  account?: Account;
  authKey?: Uint8Array;
  gateway?: GatewayOptions;
  signal?: AbortSignal;
  mayUse?: () => boolean;
}

export const api = { apiId: 12_345, apiHash: "0123456789abcdef0123456789abcdef" };

export async function startTelegram(): Promise<Telegram> {
  const emulator = await startEmulator();
  const account = emulator.world.account({ phone: "+99966000001", firstName: "Ann", username: "ann_account" });
  const channel = emulator.world.channel({ username: "news_channel", title: "News", posts: ["Hello, groups"] });
  const group = emulator.world.supergroup({ username: "open_group", title: "Open group", members: [account] });
  const clients: TelegramClient[] = [];
  const doors: Door[] = [];
  const telegram: Telegram = {
    emulator,
    account,
    channel,
    group,
    gateway: (options) =>
      createGateway({ dc: parseDc(emulator.dc), rsaPublicKeyPem: emulator.rsaPublicKeyPem, ...options }),
    async connect(options = {}) {
      const { account: who = account, authKey = who.authKey(), signal, mayUse } = options;
      const connected = await telegram
        .gateway(options.gateway)
        .connect(
          { secret: secretOf(authKey), api },
          { signal: signal ?? new AbortController().signal, mayUse: mayUse ?? (() => true) },
        );
      if (connected.kind === "connected") clients.push(connected.client);
      return connected;
    },
    async client(options) {
      const connected = await telegram.connect(options);
      if (connected.kind !== "connected") throw new Error(`not connected: ${JSON.stringify(connected)}`);
      return connected.client;
    },
    async door(options) {
      const opened = await openDoor(options);
      doors.push(opened);
      return opened;
    },
    calls: (method) => emulator.counters.calls[method] ?? 0,
    async stop() {
      await Promise.all(clients.map((client) => client.close()));
      await emulator.stop();
      await Promise.all(doors.map((door) => door.stop()));
    },
  };
  return telegram;
}

export function secretOf(authKey: Uint8Array): SessionSecret {
  return { dcId: 2, host: null, port: null, authKey };
}

export const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 10_000, interval: 5 });

export function randomId(): bigint {
  return randomBytes(8).readBigInt64LE(0);
}

export async function resolved(client: TelegramClient, reference: string): Promise<ResolvedChat> {
  const resolution = await client.resolve(reference);
  if (resolution.kind !== "resolved") throw new Error(`not resolved: ${JSON.stringify(resolution)}`);
  return resolution.chat;
}

/** A forward of the channel's post to the group, with everything that is the same in most tests. */
export async function forwarding(telegram: Telegram, client: TelegramClient) {
  const from: Peer = (await resolved(client, "@news_channel")).peer;
  const to: Peer = (await resolved(client, "@open_group")).peer;
  const [messageId = 0] = telegram.channel.messages.keys();
  return (more: { to?: Peer; randomId?: bigint; topicId?: number; mayStand?: boolean; firstTriedAt?: Date } = {}) =>
    client.forward({ from, messageId, to, topicId: undefined, randomId: randomId(), mayStand: false, ...more });
}
