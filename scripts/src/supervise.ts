import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "./apps.ts";
import { waitUntilHealthy } from "./health.ts";
import { start } from "./processes.ts";

/** How long an app that ended by itself stays down before it is started again, in milliseconds. */
export type Pauses = {
  first: number;
  /** each pause is twice the one before, up to this */
  longest: number;
  /** an app that ran for so long begins with the first pause again */
  forgottenAfter: number;
};

const PAUSES: Pauses = { first: 1_000, longest: 30_000, forgottenAfter: 60_000 };

/** The pause after an app ended, in milliseconds. `last` is the one before it, 0 for none; `ranMs` how long it ran since. */
export function nextPause(last: number, ranMs: number, { first, longest, forgottenAfter }: Pauses = PAUSES): number {
  if (last === 0 || ranMs >= forgottenAfter) return first;
  return Math.min(2 * last, longest);
}

export type Supervised = {
  stop(): Promise<void>;
};

/**
 * Starts an app, waits until it is healthy, and starts it again whenever it ends by itself, however often: the others serve
 * on meanwhile, and what keeps this one from running may pass.
 * @throws Error when it does not become healthy at its first start; the signal's reason when that comes first
 */
export async function supervise(app: App, signal: AbortSignal, pauses: Pauses = PAUSES): Promise<Supervised> {
  let running = start(app);
  try {
    await waitUntilHealthy(app.healthUrl, running, signal);
  } catch (error) {
    await running.stop();
    throw error;
  }

  const stopping = new AbortController();
  const keepRunning = async () => {
    let pause = 0;
    for (;;) {
      const startedAt = performance.now();
      const reason = await running.ended;
      if (stopping.signal.aborted) return;
      await running.stop(); // what it left behind may hold its port
      pause = nextPause(pause, performance.now() - startedAt, pauses);
      console.log(`${app.name} ended (${reason}); it is started again in ${pause / 1000} s, and the rest goes on.`);
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      running = start(app);
    }
  };
  const kept = keepRunning();
  return {
    async stop() {
      stopping.abort();
      await running.stop();
      await kept;
    },
  };
}
