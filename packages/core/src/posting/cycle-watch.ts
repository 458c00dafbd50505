import { isRefusal } from "../model/error.ts";
import type { Clock, CycleJob, Engines, Pulse } from "../ports/index.ts";
import type { CycleRunner } from "./cycle-runner.ts";

/** How often an engine says that it works and looks for cycles that nobody runs, in milliseconds. */
const PULSE_MS = 1_000;
/** An engine takes no more while it runs so much more than its share, and a few cycles besides. */
const MORE_THAN_ITS_SHARE = 1.25;
const A_FEW = 5;

/** What the watch needs of the queue. */
export interface Offers {
  /** Puts each on the queue, to be taken now; one that waits there already is not put twice. */
  offer(jobs: readonly CycleJob[]): Promise<void>;
  /** Whether this engine takes jobs. */
  setTaking(on: boolean): void;
}

export interface WatchDependencies {
  engineId: string;
  engines: Engines;
  clock: Clock;
  runner: Pick<CycleRunner, "held" | "letGo" | "runningCycles">;
  queue: Offers;
  /** hears what went wrong with one pulse, PostgreSQL's absence apart; the next one comes all the same */
  onFault: (error: unknown) => void;
}

/**
 * Once a second: says that this engine works, ends here what it does not hold any more, offers what no working engine runs,
 * and takes nothing while others run much less. So a cycle goes on wherever its engine dies, freezes or stops, whatever
 * becomes of its job.
 */
export class CycleWatch {
  readonly #deps: WatchDependencies;
  #untaken: { cycles: number; since: Date } | null = null;

  constructor(deps: WatchDependencies) {
    this.#deps = deps;
  }

  /** Cycles that are to be run and that no engine has, as of a second ago, and since when there have been any. */
  get untaken(): { cycles: number; since: Date } | null {
    return this.#untaken;
  }

  /** Watches until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { engines, engineId, runner, clock, onFault } = this.#deps;
    while (!signal.aborted) {
      try {
        const pulse = await engines.pulse(engineId, runner.held());
        if (!signal.aborted) await this.#follow(pulse);
      } catch (error) {
        if (!isRefusal(error, "database_unavailable")) onFault(error);
      }
      await clock.sleep(PULSE_MS, signal);
    }
  }

  async #follow({ lost, untaken, untakenCount, running, engines }: Pulse): Promise<void> {
    const { runner, queue, clock } = this.#deps;
    runner.letGo(lost);
    this.#untaken = untakenCount === 0 ? null : { cycles: untakenCount, since: this.#untaken?.since ?? clock.now() };
    queue.setTaking(runner.runningCycles <= (running / engines) * MORE_THAN_ITS_SHARE + A_FEW);
    if (untaken.length > 0) await queue.offer(untaken);
  }
}
