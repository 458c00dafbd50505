import { addPublicKey } from "@mtcute/core/utils.js";
import { Long, MemoryStorage, TelegramClient, tl } from "@mtcute/node";
import { NodeCryptoProvider } from "@mtcute/node/utils.js";
import {
  type ClientLibrary,
  type ConnectOptions,
  camel,
  RpcFault,
  snake,
  type TestClient,
  type Tl,
  unpackUpdates,
} from "./client.ts";

const API_HASH = "0123456789abcdef0123456789abcdef";

/** Fields that mtcute wants as numbers although they are 64 bits wide. */
const NUMBERS = new Set(["user_id", "chat_id", "channel_id"]);

function toMtcute(value: unknown, field = ""): unknown {
  if (typeof value === "bigint") return NUMBERS.has(field) ? Number(value) : Long.fromString(value.toString());
  if (Array.isArray(value)) return value.map((item) => toMtcute(item));
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [camel(key), toMtcute(entry, key)]));
}

function fromMtcute(value: unknown): unknown {
  if (Long.isLong(value)) return BigInt(value.toString());
  if (Array.isArray(value)) return value.map(fromMtcute);
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [snake(key), fromMtcute(entry)]));
}

function faultOf(error: unknown): unknown {
  if (!tl.RpcError.is(error)) return error;
  const number = Object.values(error).find((entry) => typeof entry === "number" && entry !== error.code);
  return new RpcFault(error.code, error.text.replace("%d", String(number)));
}

async function connect(options: ConnectOptions): Promise<TestClient> {
  const { emulator, authKey } = options;
  const crypto = new NodeCryptoProvider();
  await crypto.initialize?.();
  addPublicKey(crypto, emulator.rsaPublicKeyPem);
  const main = { id: emulator.dcs[0]?.id ?? 2, ipAddress: emulator.host, port: emulator.port };
  const client = new TelegramClient({
    apiId: options.apiId ?? 1,
    apiHash: API_HASH,
    storage: new MemoryStorage(),
    defaultDcs: { main, media: main },
    logLevel: 0,
    network: { middlewares: [] },
  });
  if (authKey)
    await client.importSession({ version: 3, primaryDcs: { main, media: main }, authKey, testMode: false } as never);
  await client.connect();
  if (authKey) await client.getMe().catch(() => undefined);
  return {
    invoke: async (method, params = {}) => {
      try {
        return fromMtcute(await client.call({ _: method, ...(toMtcute(params) as object) } as never)) as Tl;
      } catch (error) {
        throw faultOf(error);
      }
    },
    onUpdate: (listener) => {
      client.onServerUpdate.add((update) => {
        for (const single of unpackUpdates(fromMtcute(update) as Tl)) listener(single);
      });
    },
    login: async ({ phone, code, password }) => (await client.start({ phone, code, password: password ?? "" })).id,
    loginByQr: async (show, password) => {
      const user = await client.signInQr({
        onUrlUpdated: (url) => show(Buffer.from(new URL(url).searchParams.get("token") ?? "", "base64url")),
        ...(password !== undefined && { password }),
      });
      return user.id;
    },
    close: () => client.destroy(),
  };
}

export const mtcute: ClientLibrary = { name: "mtcute", connect };
