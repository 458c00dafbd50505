import { setTimeout as sleep } from "node:timers/promises";
import { HealthDto } from "@herald/contract";
import type { Emulator } from "@herald/telegram-emulator";
import type { EngineProcess } from "./engine-process.ts";
import type { Journal } from "./journal.ts";
import type { Postgres } from "./postgres.ts";
import type { Random } from "./random.ts";
import { Takeovers } from "./takeovers.ts";

export type Act = "kill" | "pause" | "terminate" | "cut" | "database";

/** How often each act is drawn. */
const WEIGHTS: Readonly<Record<Act, number>> = { kill: 30, pause: 22, terminate: 16, cut: 16, database: 16 };
/** How long an engine is paused, in seconds: mostly shortly, some longer than the 10 s of a lease, up to a minute. */
const PAUSES = { short: { weight: 65, least: 1, most: 4 }, long: { weight: 28, least: 11, most: 20 } };
const LONGEST_PAUSE = { weight: 7, least: 40, most: 60 };
/** How long PostgreSQL is away, in seconds: now and then for longer than a lease, and the first time for a whole minute. */
const LONGEST_AWAY = 60;
const AWAY = { short: { weight: 80, least: 0.3, most: 5 }, long: { weight: 20, least: 8, most: 20 } };
/** From one act to the next so many posts are let through, so that each meets lanes at work; or so long is waited, in ms… */
const POSTS_BETWEEN = { least: 0, most: 15 };
const LONGEST_GAP_MS = 10_000;
/** …and then a moment, so that acts do not keep step with posts, in milliseconds. */
const MOMENT_MS = 400;
const POLL_MS = 50;
/** An engine has noticed after so long that PostgreSQL is away, in seconds. */
const NOTICED = 3;

/** The longest that an act and what stands before it take on the average, in seconds: for the bound of a run. */
export const SECONDS_AN_ACT = 15;
export const LONGEST_RECOVERY_SECONDS = LONGEST_PAUSE.most;

export interface Victims {
  engines: readonly EngineProcess[];
  postgres: Postgres;
  emulator: Emulator;
  journal: Journal;
  random: Random;
}

/** PostgreSQL was gone, from `from` until `until`, in milliseconds since 1970. */
export interface Outage {
  from: number;
  until: number;
}

export class FaultInjector {
  readonly #victims: Victims;
  readonly takeovers: Takeovers;
  readonly outages: Outage[] = [];
  /** engines that called themselves well while PostgreSQL was away */
  readonly misbehaviour: string[] = [];
  /** seconds; nothing is paused or away for longer */
  readonly #longest: number;
  readonly #recoveries = new Set<Promise<void>>();
  readonly done: Record<Act, number> = { kill: 0, pause: 0, terminate: 0, cut: 0, database: 0 };

  constructor(victims: Victims, longest: number = LONGEST_PAUSE.most) {
    this.#victims = victims;
    this.#longest = longest;
    this.takeovers = new Takeovers(victims.postgres);
  }

  get count(): number {
    return Object.values(this.done).reduce((sum, times) => sum + times, 0);
  }

  /** Does `acts` acts, one after the other; what one breaks is mended beside the next ones. */
  async inject(acts: number, signal: AbortSignal): Promise<void> {
    const { random } = this.#victims;
    for (let n = 0; n < acts; n++) {
      await this.#letThrough(random.between(POSTS_BETWEEN.least, POSTS_BETWEEN.most), signal);
      await sleep(random.between(0, MOMENT_MS), undefined, { signal });
      await this.#act(random.weighted(WEIGHTS), signal);
    }
  }

  async #letThrough(posts: number, signal: AbortSignal): Promise<void> {
    const { record } = this.#victims.emulator;
    const enough = record.size + posts;
    const until = performance.now() + LONGEST_GAP_MS;
    while (record.size < enough && performance.now() < until) await sleep(POLL_MS, undefined, { signal });
  }

  /** Resolves when everything that was broken is mended. */
  async recovered(): Promise<void> {
    while (this.#recoveries.size > 0) await Promise.all(this.#recoveries);
  }

  async #act(act: Act, signal: AbortSignal): Promise<void> {
    const { random, postgres, journal } = this.#victims;
    switch (act) {
      case "kill": {
        const engine = await this.#someEngine(signal);
        await this.takeovers.watch(engine, signal);
        const over = journal.begin(`SIGKILL to ${engine.id}`, { engineId: engine.id, severs: true });
        await engine.kill();
        this.#mend(() => engine.start(), over);
        break;
      }
      case "terminate": {
        const engine = await this.#someEngine(signal);
        const over = journal.begin(`SIGTERM to ${engine.id}`, { engineId: engine.id, severs: true });
        this.#mend(async () => {
          await engine.terminate();
          await engine.start();
        }, over);
        break;
      }
      case "pause": {
        const seconds = this.#pauseSeconds();
        const engine = await this.#someEngine(signal);
        await this.takeovers.watch(engine, signal);
        const over = journal.begin(`SIGSTOP to ${engine.id} for ${seconds.toFixed(1)} s`, {
          engineId: engine.id,
          severs: true,
        });
        engine.pause();
        this.#mend(async () => {
          await sleep(seconds * 1000);
          engine.resume();
        }, over);
        break;
      }
      case "cut": {
        const engine = await this.#someEngine(signal);
        journal.note(`the connections of ${engine.id} are cut`, { engineId: engine.id, severs: true });
        await this.#cut(engine, signal);
        break;
      }
      case "database": {
        const mode = random.pick(["fast", "immediate"] as const);
        const seconds = this.#awaySeconds();
        while (!postgres.isUp) await sleep(POLL_MS, undefined, { signal });
        const over = journal.begin(`PostgreSQL is stopped (${mode}) for ${seconds.toFixed(1)} s`);
        this.#mend(async () => {
          await postgres.stop(mode);
          const outage = { from: Date.now(), until: Number.POSITIVE_INFINITY };
          this.outages.push(outage);
          await sleep(seconds * 1000);
          if (seconds >= NOTICED) await this.#mustSayDegraded();
          outage.until = Date.now();
          await postgres.restart();
        }, over);
        break;
      }
      default:
        act satisfies never;
    }
    this.done[act] += 1;
  }

  #awaySeconds(): number {
    if (this.done.database === 0) return Math.min(this.#longest, LONGEST_AWAY);
    const { least, most } = AWAY[this.#victims.random.weighted({ short: AWAY.short.weight, long: AWAY.long.weight })];
    return Math.min(this.#longest, this.#victims.random.between(least, most));
  }

  /** Engines that can answer say in their health that PostgreSQL is away. */
  async #mustSayDegraded(): Promise<void> {
    const working = this.#victims.engines.filter((engine) => engine.url !== null);
    await Promise.all(
      working.map(async (engine) => {
        const answer = await fetch(`${engine.url}/api/health`, { signal: AbortSignal.timeout(NOTICED * 1000) }).catch(
          () => null, // killed or paused meanwhile
        );
        if (answer === null) return;
        const { status, database } = HealthDto.parse(await answer.json());
        if (status === "degraded" && database.status === "unreachable" && database.since !== null) return;
        this.misbehaviour.push(`${engine.id} called itself "${status}" while PostgreSQL was away`);
      }),
    );
  }

  #pauseSeconds(): number {
    const { random } = this.#victims;
    const kinds = { ...PAUSES, longest: LONGEST_PAUSE };
    const kind = random.weighted({
      short: kinds.short.weight,
      long: kinds.long.weight,
      longest: kinds.longest.weight,
    });
    return Math.min(this.#longest, random.between(kinds[kind].least, kinds[kind].most));
  }

  /** An engine that works; waited for when none does. */
  async #someEngine(signal: AbortSignal): Promise<EngineProcess> {
    const { engines, random } = this.#victims;
    for (;;) {
      const working = engines.filter((engine) => engine.url !== null);
      if (working.length > 0) return random.pick(working);
      await sleep(POLL_MS, undefined, { signal });
    }
  }

  /** Cuts the connections of the accounts whose lease the engine has; all connections while PostgreSQL cannot say which. */
  async #cut(engine: EngineProcess, signal: AbortSignal): Promise<void> {
    const { postgres, emulator } = this.#victims;
    if (!postgres.isUp) return emulator.disconnect();
    const rows = await postgres.query<{ account: string }>(
      `SELECT s.telegram_user_id::text AS account FROM session_leases l JOIN sessions s ON s.id = l.session_id
       WHERE l.engine_id = $1`,
      [engine.id],
      signal,
    );
    for (const { account } of rows) emulator.disconnect(Number(account));
  }

  #mend(work: () => Promise<void>, over: () => void): void {
    const recovery = work().then(() => {
      over();
      this.#recoveries.delete(recovery);
    });
    this.#recoveries.add(recovery);
    recovery.catch(() => {}); // `recovered` throws it
  }
}
