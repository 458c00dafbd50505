import { Socket } from "node:net";
import type { PromisedNetSockets } from "telegram/extensions/index.js";

const closed = () => new Error("The socket is closed.");

/** Refused by `mayWrite`: the connection must end without another byte. */
export interface WriteGuard {
  mayWrite(): boolean;
  onRefused(): void;
}

/**
 * GramJS's socket, by its interface and for one connection. It asks before each write, sends small packets at once (with
 * Nagle's algorithm a request after an error waited for 40 ms), dials the port it is given (GramJS's client always dials
 * 80), and fails when the connection is closed before it stood (GramJS's waits for ever).
 */
export class GuardedSocket {
  readonly #guard: WriteGuard;
  readonly #socket = new Socket();
  #chunks: Buffer[] = [];
  #buffered = 0;
  #wanted: { bytes: number; resolve(data: Buffer): void; reject(error: Error): void } | undefined;

  constructor(guard: WriteGuard) {
    this.#guard = guard;
  }

  connect(port: number, host: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#socket.setNoDelay(true);
    this.#socket.on("connect", resolve);
    this.#socket.on("error", reject);
    this.#socket.on("close", () => {
      reject(closed());
      this.#wanted?.reject(closed());
    });
    this.#socket.on("data", (data) => {
      this.#chunks.push(data);
      this.#buffered += data.length;
      this.#serve();
    });
    this.#socket.connect(port, host);
    return promise;
  }

  /** One read at a time. */
  readExactly(bytes: number): Promise<Buffer> {
    if (this.#socket.destroyed) return Promise.reject(closed());
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    this.#wanted = { bytes, resolve, reject };
    this.#serve();
    return promise;
  }

  write(data: Buffer): void {
    if (this.#socket.destroyed) throw closed();
    if (!this.#guard.mayWrite()) {
      this.#guard.onRefused();
      throw closed();
    }
    this.#socket.write(data);
  }

  /** Resolves when the descriptor is closed: nothing leaves afterwards. */
  async close(): Promise<void> {
    if (this.#socket.closed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.once("close", () => resolve());
    this.#socket.destroy();
    await promise;
  }

  #serve(): void {
    if (this.#wanted === undefined || this.#buffered < this.#wanted.bytes) return;
    const { bytes, resolve } = this.#wanted;
    const all =
      this.#chunks.length === 1 && this.#chunks[0] !== undefined ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#wanted = undefined;
    this.#chunks = all.length > bytes ? [all.subarray(bytes)] : [];
    this.#buffered = all.length - bytes;
    resolve(all.subarray(0, bytes));
  }
}

/** The class that GramJS makes its one socket of. */
export function guardedSocket(guard: WriteGuard): typeof PromisedNetSockets {
  return class extends GuardedSocket {
    constructor() {
      super(guard);
    }
  } as unknown as typeof PromisedNetSockets;
}
