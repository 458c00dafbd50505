import type { Emulator } from "../../src/index.ts";

/** A TL value in the schema's own names; `long` fields are bigints on the way in, bigints or numbers on the way out. */
export interface Tl {
  readonly _: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the schema's, and tests read it freely
  readonly [field: string]: any;
}

export interface LoginOptions {
  readonly phone: string;
  readonly code: string;
  readonly password?: string;
}

/** A foreign Telegram library, driven the same way whichever it is. */
export interface TestClient {
  /** Calls a method of the API. @throws RpcFault with Telegram's own error name */
  invoke(method: string, params?: Record<string, unknown>): Promise<Tl>;
  /** Updates of all kinds, one by one, containers unpacked. */
  onUpdate(listener: (update: Tl) => void): void;
  /** The library's own login by code and password; follows to another data centre. @returns the account's id */
  login(options: LoginOptions): Promise<number>;
  /** The library's own login by QR code. `show` gets the token. @returns the account's id */
  loginByQr(show: (token: Buffer) => void, password?: string): Promise<number>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly emulator: Emulator;
  /** A stored key; without it the client makes one. */
  readonly authKey?: Buffer;
  readonly apiId?: number;
}

export interface ClientLibrary {
  readonly name: string;
  connect(options: ConnectOptions): Promise<TestClient>;
}

export class RpcFault extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const camel = (name: string) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
export const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
export const upperFirst = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
export const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

/** The single updates inside a value of type Updates. */
export function unpackUpdates(value: Tl): Tl[] {
  if (value._ === "updateShort") return [value.update as Tl];
  return (value.updates as Tl[] | undefined) ?? [value];
}
