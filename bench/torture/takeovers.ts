import { setTimeout as sleep } from "node:timers/promises";
import type { EngineProcess } from "./engine-process.ts";
import type { Postgres } from "./postgres.ts";

const LOOK_MS = 100;
/** A cycle that nobody has taken for so long is not waited for any more, in seconds. */
const LONGEST_SECONDS = 120;

interface Standing {
  id: string;
  epoch: number;
}

/** How long the cycles of an engine that was killed or paused stand still until an engine takes them, in seconds. */
export class Takeovers {
  readonly #postgres: Postgres;
  readonly #watches = new Set<Promise<void>>();
  readonly seconds: number[] = [];

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  /**
   * Call it just before the engine is killed or paused. What its user stops, what PostgreSQL's absence delays, and what a
   * paused engine goes on with itself does not count.
   */
  async watch(engine: EngineProcess, signal: AbortSignal): Promise<void> {
    const standing = await this.#ask<Standing>(
      "SELECT id, epoch FROM cycles WHERE engine_id = $1 AND state = 'running'",
      [engine.id],
      signal,
    );
    if (standing === null || standing.length === 0) return;
    const watch = this.#follow(engine, standing, signal).finally(() => this.#watches.delete(watch));
    this.#watches.add(watch);
  }

  /** Resolves when nothing is watched any more. */
  async over(): Promise<void> {
    await Promise.all(this.#watches);
  }

  async #follow(engine: EngineProcess, standing: Standing[], signal: AbortSignal): Promise<void> {
    const since = performance.now();
    const epochs = new Map(standing.map(({ id, epoch }) => [id, epoch]));
    const seconds = () => (performance.now() - since) / 1000;
    let wasPaused = false;
    while (epochs.size > 0 && seconds() < LONGEST_SECONDS && !signal.aborted) {
      await sleep(LOOK_MS);
      wasPaused ||= engine.isPaused;
      const rows = await this.#ask<Standing & { runs: boolean }>(
        `SELECT c.id, c.epoch, c.state = 'running' AND b.status = 'running' AS runs
         FROM cycles c JOIN bots b USING (user_id) WHERE c.id = ANY ($1::uuid[])`,
        [[...epochs.keys()]],
        signal,
      );
      if (rows === null) return;
      for (const { id, epoch, runs } of rows) {
        if (epoch > (epochs.get(id) ?? epoch)) this.seconds.push(seconds());
        else if (runs) continue;
        epochs.delete(id);
      }
      if (wasPaused && !engine.isPaused) return;
    }
    // nobody took them: the number that says so
    for (const _ of epochs) if (!signal.aborted) this.seconds.push(seconds());
  }

  /** Null while PostgreSQL is away. */
  async #ask<Row extends object>(text: string, values: unknown[], signal: AbortSignal): Promise<Row[] | null> {
    if (!this.#postgres.isUp) return null;
    const rows = await this.#postgres.query<Row>(text, values, signal).catch(() => null);
    return this.#postgres.isUp ? rows : null;
  }
}
