import type { CycleJob } from "@herald/core";
import { type Db, PgBoss } from "pg-boss";
import type { Logger } from "pino";

const QUEUE = "cycle";
/** A dead worker's job is noticed and given to another engine after this, in seconds. */
const HEARTBEAT_SECONDS = 10;
/** How often a worker looks for jobs that fall due (a new job wakes it at once), in seconds. */
const POLL_SECONDS = 1;

/** The job queue in our own database: pg-boss distributes the cycles over all engines, one at a time a bot. */
export class Queue {
  readonly #boss: PgBoss;

  constructor(url: string, log: Logger) {
    this.#boss = new PgBoss({
      connectionString: url,
      application_name: "herald-queue",
      useListenNotify: true,
      superviseIntervalSeconds: 1,
      monitorIntervalSeconds: 1,
      max: 4,
    });
    // pg-boss goes on by itself when the database is back; what it cannot do meanwhile is worth a line, not an end
    this.#boss.on("error", (error) => log.warn({ reason: error.message }, "the queue has trouble"));
    this.#boss.on("warning", ({ message }) => log.warn({ reason: message }, "the queue warns"));
  }

  async start(): Promise<void> {
    await this.#boss.start();
    const options = {
      notify: true,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      // a cycle is only ever given up by its bot's own row, never by a count of tries
      retryLimit: 1_000_000,
      retryDelay: 1,
      expireInSeconds: 24 * 3600,
      deleteAfterSeconds: 3600,
    };
    if ((await this.#boss.getQueue(QUEUE)) === null) await this.#boss.createQueue(QUEUE, options);
    else await this.#boss.updateQueue(QUEUE, options);
  }

  /** Forgets every job: only when no engine is alive and every bot was stopped. */
  async clear(): Promise<void> {
    await this.#boss.deleteAllJobs(QUEUE);
  }

  /** Puts a job on the queue by SQL on `db`, an open transaction: it is there when that commits. */
  async enqueue(db: Db, job: CycleJob, startAt: Date): Promise<void> {
    await this.#boss.send(QUEUE, job, { db, startAfter: startAt, group: { id: job.botId } });
  }

  /**
   * Works jobs, up to `concurrency` at a time. What `handle` throws puts the job back; its signal aborts when the claim is
   * gone (the heartbeat failed) or the engine is to stop.
   */
  async work(concurrency: number, handle: (job: CycleJob, signal: AbortSignal) => Promise<void>): Promise<void> {
    await this.#boss.work<CycleJob>(
      QUEUE,
      {
        localConcurrency: concurrency,
        groupConcurrency: 1,
        pollingIntervalSeconds: POLL_SECONDS,
        notifyPollingIntervalSeconds: POLL_SECONDS,
      },
      async ([job]) => {
        if (job !== undefined) await handle(job.data, job.signal);
      },
    );
  }

  /** Takes no more jobs and resolves when the running ones have ended. */
  async drain(): Promise<void> {
    await this.#boss.offWork(QUEUE);
  }

  async stop(): Promise<void> {
    await this.#boss.stop({ graceful: true, timeout: 10_000 });
  }

  /** @returns how many jobs wait and run; throws when the database is away */
  async counts(): Promise<{ waiting: number; active: number }> {
    const queue = await this.#boss.getQueue(QUEUE);
    return { waiting: queue?.queuedCount ?? 0, active: queue?.activeCount ?? 0 };
  }
}
