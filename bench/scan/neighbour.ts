import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** How long answers took, in milliseconds. */
export interface Spread {
  asked: number;
  median: number;
  p99: number;
  worst: number;
}

/** A wait that was too long. */
export interface Stall {
  /** by the clock of `performance.timeOrigin + performance.now()` */
  from: number;
  ms: number;
  /** how long the engine's own thread was at work meanwhile: the rest it waited for the machine, or for PostgreSQL */
  engineMs: number;
}

export interface Heard {
  /** what a dashboard asks, `bot.status` */
  status: Spread;
  /** what costs nothing, `/live`: how long one waits for the engine's thread alone */
  live: Spread;
  /** waits for `bot.status` of more than {@link STALL_MS}, slowest first */
  slow: Stall[];
  /** waits for `/live` in which the engine's thread was at work for more than that: it stood still for everybody */
  stalls: Stall[];
}

export interface Neighbour extends AsyncDisposable {
  /** Ends it. @returns what it had to wait */
  leave(): Promise<Heard>;
}

/** The engine keeps a neighbour waiting no longer. Milliseconds. */
export const STALL_MS = 250;

/** Whom it asks, and as whom. */
export interface Place {
  /** the engine's address, and its process */
  url: string;
  pid: number;
  authorization: string;
}

/**
 * Somebody who asks again and again, from a thread of their own, so that what the scan does keeps nobody waiting. Resolves when the
 * first answers are there.
 */
export async function moveIn(place: Place): Promise<Neighbour> {
  const worker = new Worker(new URL("neighbour-thread.ts", import.meta.url), { workerData: place });
  await once(worker, "message");
  const left = once(worker, "message");
  return {
    async leave() {
      worker.postMessage("leave");
      const [heard] = await left;
      return heard;
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
