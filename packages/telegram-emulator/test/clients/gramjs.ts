import { createPublicKey } from "node:crypto";
import { Api, TelegramClient } from "telegram";
import { AuthKey } from "telegram/crypto/AuthKey.js";
import { _serverKeys } from "telegram/crypto/RSA.js";
import { FloodWaitError, SlowModeWaitError } from "telegram/errors/index.js";
import { Raw } from "telegram/events/Raw.js";
import { PromisedNetSockets } from "telegram/extensions/index.js";
import { Logger, LogLevel } from "telegram/extensions/Logger.js";
import { returnBigInt } from "telegram/Helpers.js";
import { StringSession } from "telegram/sessions/index.js";
import type { Emulator } from "../../src/index.ts";
import {
  type ClientLibrary,
  type ConnectOptions,
  camel,
  lowerFirst,
  RpcFault,
  snake,
  type TestClient,
  type Tl,
  unpackUpdates,
  upperFirst,
} from "./client.ts";

const API_HASH = "0123456789abcdef0123456789abcdef";

/** GramJS dials port 80 whatever the session says: this socket goes to the emulator's. */
function socketFor(emulator: Emulator) {
  return class extends PromisedNetSockets {
    override async connect(_port: number, host: string) {
      const dc = emulator.dcs.find((entry) => entry.host === host) ?? emulator;
      await super.connect(dc.port, dc.host);
    }
  };
}

function trustKey(emulator: Emulator): void {
  const { n } = createPublicKey(emulator.rsaPublicKeyPem).export({ format: "jwk" }) as { n: string };
  const modulus = returnBigInt(BigInt(`0x${Buffer.from(n, "base64url").toString("hex")}`).toString());
  _serverKeys.set(emulator.rsaFingerprint.toString(), { n: modulus, e: 65537 } as never);
}

/** To GramJS's classes. */
function toGram(value: unknown): unknown {
  if (typeof value === "bigint") return returnBigInt(value.toString());
  if (Array.isArray(value)) return value.map(toGram);
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) return value;
  const { _: name, ...fields } = value as Tl;
  return make(name, fields);
}

function make(name: string, fields: Record<string, unknown>): unknown {
  const args = Object.fromEntries(Object.entries(fields).map(([key, field]) => [camel(key), toGram(field)]));
  const dot = name.indexOf(".");
  const space = dot < 0 ? Api : (Api as unknown as Record<string, unknown>)[name.slice(0, dot)];
  const Class = (space as Record<string, new (args: unknown) => unknown>)[upperFirst(name.slice(dot + 1))];
  if (!Class) throw new Error(`GramJS has no ${name}`);
  return new Class(args);
}

function fromGram(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromGram);
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown> & { className?: string };
  if (object.className === undefined) return BigInt(String(value));
  const result: Record<string, unknown> = { _: object.className.split(".").map(lowerFirst).join(".") };
  for (const [key, field] of Object.entries(object)) {
    if (typeof field !== "function" && /^[a-z]/.test(key) && key !== "originalArgs")
      result[snake(key)] = fromGram(field);
  }
  return result;
}

interface GramError {
  readonly code?: number;
  readonly errorMessage?: string;
  readonly seconds?: number;
}

function faultOf(error: unknown): unknown {
  const { code, errorMessage, seconds } = error as GramError;
  if (errorMessage === undefined) return error;
  if (error instanceof FloodWaitError) return new RpcFault(420, `FLOOD_WAIT_${seconds}`);
  if (error instanceof SlowModeWaitError) return new RpcFault(420, `SLOWMODE_WAIT_${seconds}`);
  return new RpcFault(code ?? 0, errorMessage);
}

async function connect(options: ConnectOptions): Promise<TestClient> {
  const { emulator, authKey } = options;
  trustKey(emulator);
  const session = new StringSession("");
  session.setDC(emulator.dcs[0]?.id ?? 2, emulator.host, emulator.port);
  if (authKey) {
    const key = new AuthKey();
    await key.setKey(authKey);
    session.setAuthKey(key);
  }
  const apiId = options.apiId ?? 1;
  const client = new TelegramClient(session, apiId, API_HASH, {
    networkSocket: socketFor(emulator) as never,
    floodSleepThreshold: 0,
    securityChecks: true,
    connectionRetries: 3,
    baseLogger: new Logger(LogLevel.NONE),
  } as never);
  await client.connect();
  const fail = async (error: Error): Promise<boolean> => {
    throw error;
  };
  return {
    invoke: async (method, params = {}) => {
      try {
        return fromGram(await client.invoke(make(method, params) as Api.AnyRequest)) as Tl;
      } catch (error) {
        throw faultOf(error);
      }
    },
    onUpdate: (listener) => {
      client.addEventHandler((update: unknown) => {
        if (typeof (update as { className?: string }).className !== "string") return;
        for (const single of unpackUpdates(fromGram(update) as Tl)) listener(single);
      }, new Raw({}));
    },
    login: async ({ phone, code, password }) => {
      await client.start({
        phoneNumber: async () => phone,
        phoneCode: async () => code,
        password: async () => password ?? "",
        onError: fail as never,
      });
      return Number((await client.getMe()).id);
    },
    loginByQr: async (show, password) => {
      const user = await client.signInUserWithQrCode(
        { apiId, apiHash: API_HASH },
        { qrCode: async ({ token }) => show(token), password: async () => password ?? "", onError: fail },
      );
      return Number(user.id);
    },
    close: () => client.destroy(),
  };
}

export const gramjs: ClientLibrary = { name: "GramJS", connect };
