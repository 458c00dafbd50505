import { setImmediate as turnOfTheEventLoop } from "node:timers/promises";
import type { Clock } from "../ports/index.ts";

/**
 * A clock that stands still until the test moves it. It wakes its sleepers in the order of their times (those of one time
 * in the order in which they went to sleep), and lets everything that a woken one sets in motion come to rest first.
 */
export class FakeClock implements Clock {
  #elapsed = 0;
  /** the wall clock at monotonic zero */
  #start: number;
  readonly #sleepers = new Set<{ wakesAt: number; wake: () => void }>();

  constructor(start = new Date("2030-01-01T00:00:00Z")) {
    this.#start = start.getTime();
  }

  now(): Date {
    return new Date(this.#start + this.#elapsed);
  }

  monotonic(): number {
    return this.#elapsed;
  }

  /** How many sleep now. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const sleeper = {
        wakesAt: this.#elapsed + Math.max(0, ms),
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal.removeEventListener("abort", sleeper.wake);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal.addEventListener("abort", sleeper.wake);
    });
  }

  /** Moves time on by `ms`, through every wake-up that falls into it, the last instant included. */
  async advance(ms: number): Promise<void> {
    const target = this.#elapsed + ms;
    await settled();
    for (let next = this.#next(); next !== undefined && next.wakesAt <= target; next = this.#next()) {
      this.#elapsed = Math.max(this.#elapsed, next.wakesAt);
      next.wake();
      await settled();
    }
    this.#elapsed = target;
  }

  /** Moves time on from wake-up to wake-up until `work` is done. @throws when it is not, and nobody sleeps any more. */
  async run<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const finish = () => {
      done = true;
    };
    work.then(finish, finish);
    await settled();
    while (!done) {
      const next = this.#next();
      if (next === undefined) throw new Error("The work waits for something other than this clock.");
      await this.advance(next.wakesAt - this.#elapsed);
    }
    return work;
  }

  /** Sets the wall clock forward (or back) by `ms`; the monotonic one and the sleepers do not notice. */
  jump(ms: number): void {
    this.#start += ms;
  }

  #next() {
    let first: { wakesAt: number; wake: () => void } | undefined;
    for (const sleeper of this.#sleepers) if (first === undefined || sleeper.wakesAt < first.wakesAt) first = sleeper;
    return first;
  }
}

/** Every promise that can be settled without waiting is. */
const settled = () => turnOfTheEventLoop();
