import type { App } from "./apps.ts";
import { waitUntilHealthy } from "./health.ts";
import { type Running, start } from "./processes.ts";

/** An app that ends this often within a minute would go on ending: it is not started again. */
const ENDS_A_MINUTE = 3;

export type Supervised = {
  /** rejects when the app can't be kept running */
  failed: Promise<never>;
  stop(): Promise<void>;
};

/** Starts an app, waits until it is healthy, and starts it again whenever it ends by itself. */
export async function supervise(app: App, signal: AbortSignal): Promise<Supervised> {
  let running: Running = start(app);
  let stopped = false;
  const stop = () => {
    stopped = true;
    return running.stop();
  };
  try {
    await waitUntilHealthy(app.healthUrl, running, signal);
  } catch (error) {
    await stop();
    throw error;
  }

  const ends: number[] = [];
  const keepRunning = async (): Promise<never> => {
    for (;;) {
      const reason = await running.ended;
      if (stopped) return new Promise<never>(() => {});
      ends.push(performance.now());
      const recent = ends.filter((end) => end > performance.now() - 60_000);
      if (recent.length >= ENDS_A_MINUTE) throw new Error(`${app.name} ended again and again (${reason}).`);
      console.log(`${app.name} ended (${reason}); it is started again.`);
      running = start(app);
    }
  };
  const failed = keepRunning();
  failed.catch(() => {}); // whoever waits for it may not yet
  return { failed, stop };
}
