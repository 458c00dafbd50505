import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type ClientLibrary, type ConnectOptions, RpcFault, type TestClient, type Tl } from "./client.ts";

const BRIDGE = fileURLToPath(new URL("telethon_bridge.py", import.meta.url));
/** Debian's package belongs to the system's Python, which need not be the first on the path. */
const PYTHONS = ["python3", "/usr/bin/python3"];

/** A Python that has Telethon, if there is one. */
export function pythonWithTelethon(): string | undefined {
  return PYTHONS.find((python) => spawnSync(python, ["-c", "import telethon"]).status === 0);
}

function toJson(value: unknown): unknown {
  if (typeof value === "bigint") return { $n: value.toString() };
  if (value instanceof Uint8Array) return { $b: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toJson(entry)]));
}

function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== "object" || value === null) return value;
  const object = value as { $n?: string; $b?: string };
  if (object.$n !== undefined) return BigInt(object.$n);
  if (object.$b !== undefined) return Buffer.from(object.$b, "base64");
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fromJson(entry)]));
}

interface Line {
  readonly id?: number;
  readonly ready?: true;
  readonly update?: unknown;
  readonly token?: string;
  readonly result?: unknown;
  readonly fault?: { readonly code: number; readonly message: string };
  readonly failure?: string;
}

class Bridge {
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  private lastId = 0;
  private errors = "";
  readonly ready: Promise<void>;
  readonly listeners: ((update: Tl) => void)[] = [];
  onToken: (token: Buffer) => void = () => {};

  constructor(python: string, options: object) {
    this.process = spawn(python, [BRIDGE]);
    this.process.stderr.on("data", (chunk: Buffer) => {
      this.errors += chunk.toString();
    });
    this.ready = new Promise((resolve, reject) => {
      createInterface(this.process.stdout).on("line", (text) => this.receive(JSON.parse(text) as Line, resolve));
      this.process.on("exit", () => {
        const error = new Error(`the Telethon process ended: ${this.errors.slice(-2000)}`);
        reject(error);
        for (const { reject: rejectCall } of this.waiting.values()) rejectCall(error);
      });
    });
    this.process.stdin.write(`${JSON.stringify(options)}\n`);
  }

  private receive(line: Line, ready: () => void): void {
    if (line.ready) ready();
    if (line.update) for (const listener of this.listeners) listener(fromJson(line.update) as Tl);
    if (line.token !== undefined) this.onToken(Buffer.from(line.token, "base64"));
    const call = line.id === undefined ? undefined : this.waiting.get(line.id);
    if (!call || line.id === undefined) return;
    this.waiting.delete(line.id);
    if (line.fault) call.reject(new RpcFault(line.fault.code, line.fault.message));
    else if (line.failure !== undefined) call.reject(new Error(line.failure));
    else call.resolve(fromJson(line.result));
  }

  call(op: string, args: unknown): Promise<unknown> {
    const id = ++this.lastId;
    this.process.stdin.write(`${JSON.stringify({ id, op, args: toJson(args) })}\n`);
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  close(): Promise<void> {
    if (this.process.exitCode !== null) return Promise.resolve();
    const ended = new Promise<void>((resolve) => this.process.once("exit", () => resolve()));
    this.process.stdin.end();
    return ended;
  }
}

export function telethon(python: string): ClientLibrary {
  const connect = async ({ emulator, authKey, apiId }: ConnectOptions): Promise<TestClient> => {
    const bridge = new Bridge(python, {
      dc: emulator.dcs[0]?.id ?? 2,
      host: emulator.host,
      port: emulator.port,
      pem: emulator.rsaPublicKeyPem,
      apiId: apiId ?? 1,
      ...(authKey && { authKey: authKey.toString("base64") }),
    });
    await bridge.ready;
    return {
      invoke: async (method, params = {}) => (await bridge.call("invoke", { method, params })) as Tl,
      onUpdate: (listener) => bridge.listeners.push(listener),
      login: async (options) => Number(await bridge.call("login", { password: null, ...options })),
      loginByQr: async (show, password) => {
        bridge.onToken = show;
        return Number(await bridge.call("qr", { password: password ?? null }));
      },
      close: () => bridge.close(),
    };
  };
  return { name: "Telethon", connect };
}
