import { setTimeout as sleep } from "node:timers/promises";
import type { Running } from "./processes.ts";

/** How long an app may take to answer after its start, in milliseconds. */
const HEALTH_TIMEOUT_MS = 60_000;

/**
 * Waits until `url` answers with a 2xx.
 * @throws Error when the process ends first or is not healthy in time; the signal's reason when that comes first
 */
export async function waitUntilHealthy(url: string, running: Running, signal: AbortSignal): Promise<void> {
  let end: string | undefined;
  void running.ended.then((reason) => {
    end = reason;
  });
  const deadline = performance.now() + HEALTH_TIMEOUT_MS;
  while (!(await isHealthy(url))) {
    signal.throwIfAborted();
    if (end !== undefined)
      throw new Error(`${running.name} ended while it started (${end}); its last lines stand above.`);
    if (performance.now() > deadline) throw new Error(`${running.name} does not answer at ${url}.`);
    await sleep(100);
  }
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
