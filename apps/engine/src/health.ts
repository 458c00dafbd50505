import type { HealthDto } from "@herald/contract";
import type { CycleRunner, CycleWatch } from "@herald/core";
import type { Database } from "@herald/db";
import type { Queue } from "./queue.ts";

/** A question to the database that takes longer counts as no answer, in milliseconds. */
const PING_TIMEOUT_MS = 2_000;
/** Engines take what nobody runs within seconds, and a dead engine's in under twenty: after this, in milliseconds, they cannot. */
const UNTAKEN_TOO_LONG_MS = 30_000;

/** Tells how the engine is; keeps since when the database cannot be reached. */
export class Health {
  readonly #startedAt = performance.now();
  #databaseAwaySince: Date | null = null;
  #stopping = false;

  get isReady(): boolean {
    return !this.#stopping;
  }

  stopping(): void {
    this.#stopping = true;
  }

  async report(parts: {
    engineId: string;
    runner: Pick<CycleRunner, "runningCycles" | "connectedSessions">;
    watch: Pick<CycleWatch, "untaken">;
    database: Pick<Database, "ping"> & {
      engines: Pick<Database["engines"], "alive" | "unreachableSince">;
      views: Pick<Database["views"], "unconfirmed">;
    };
    queue: Pick<Queue, "counts">;
  }): Promise<HealthDto> {
    const { engineId, runner, watch, database, queue } = parts;
    const asked = performance.now();
    const reached = await inTime(database.ping());
    const latencyMs = reached ? Math.round((performance.now() - asked) * 10) / 10 : null;
    if (reached) this.#databaseAwaySince = null;
    else this.#databaseAwaySince ??= database.engines.unreachableSince ?? new Date();
    const counts = reached ? await queue.counts().catch(() => null) : null;
    const engines = reached ? await database.engines.alive().catch(() => null) : null;
    const unconfirmed = reached ? await database.views.unconfirmed(new Date()).catch(() => null) : null;
    const { untaken } = watch;
    const areLeft = untaken !== null && Date.now() - untaken.since.getTime() > UNTAKEN_TOO_LONG_MS;
    const isWell = reached && counts !== null && !areLeft && unconfirmed?.length === 0;
    return {
      status: this.#stopping ? "stopping" : isWell ? "ok" : "degraded",
      engineId,
      uptimeSeconds: Math.round((performance.now() - this.#startedAt) / 1000),
      scheduler: {
        status: this.#stopping ? "stopped" : "running",
        runningCycles: runner.runningCycles,
        connectedSessions: runner.connectedSessions,
        untakenCycles: reached ? (untaken?.cycles ?? 0) : null,
      },
      posting: postingOf(unconfirmed),
      database: {
        status: reached ? "ok" : "unreachable",
        since: this.#databaseAwaySince?.toISOString() ?? null,
        latencyMs,
      },
      queue: {
        status: counts === null ? "unreachable" : "ok",
        waiting: counts?.waiting ?? null,
        active: counts?.active ?? null,
      },
      engines: engines?.length ?? null,
    };
  }
}

function postingOf(unconfirmed: Awaited<ReturnType<Database["views"]["unconfirmed"]>> | null): HealthDto["posting"] {
  const [longest] = unconfirmed ?? [];
  if (unconfirmed === null || longest === undefined)
    return { status: unconfirmed === null ? "unknown" : "ok", since: null, due: null, bots: null };
  const due = unconfirmed.reduce((sum, bot) => sum + bot.due, 0);
  return { status: "unconfirmed", since: longest.since, due, bots: unconfirmed.length };
}

async function inTime(question: Promise<unknown>): Promise<boolean> {
  const timeout = AbortSignal.timeout(PING_TIMEOUT_MS);
  const late = new Promise<false>((resolve) => timeout.addEventListener("abort", () => resolve(false), { once: true }));
  return Promise.race([
    question.then(
      () => true,
      () => false,
    ),
    late,
  ]);
}
