import type { CycleJob } from "@herald/core";
import { type Db, PgBoss } from "pg-boss";
import type { Logger } from "pino";

const QUEUE = "take-cycle";
/** Where jobs of another kind stood, which lasted as long as a cycle. */
const FORMER_QUEUE = "cycle";
/** How often a worker looks for jobs that fall due (a new job wakes it at once), in seconds. */
const POLL_SECONDS = 1;
/**
 * A worker fetches so many jobs at a time, and begins them side by side; where it finds as many again it does not pause. Few,
 * so that the engines share what falls due at once, and all of them together less than the database's connections.
 */
const BATCH = 4;
const WORKERS = 2;
/** A job is done in the time of a transaction. One that is not is given up: whoever misses it is offered it anew. Seconds. */
const EXPIRE_SECONDS = 60;
/** How old the counts may be that health tells, in seconds. */
const COUNT_SECONDS = 5;

/**
 * The job queue in our own database: pg-boss hands the cycles to the engines. A job means "somebody take this cycle" and is
 * done when that is decided. It is a hint: the rows say what is to be run, and what has no job any more is offered again.
 */
export class Queue {
  readonly #boss: PgBoss;
  #work: (() => Promise<unknown>) | null = null;
  #isTaking = false;

  constructor(url: string, log: Logger) {
    this.#boss = new PgBoss({
      connectionString: url,
      application_name: "herald-queue",
      useListenNotify: true,
      superviseIntervalSeconds: COUNT_SECONDS,
      monitorIntervalSeconds: COUNT_SECONDS,
      max: 4,
    });
    // pg-boss goes on by itself when the database is back; what it cannot do meanwhile is worth a line, not an end
    this.#boss.on("error", (error) => log.warn({ reason: error.message }, "the queue has trouble"));
    this.#boss.on("warning", ({ message }) => log.warn({ reason: message }, "the queue warns"));
  }

  async start(): Promise<void> {
    await this.#boss.start();
    const options = { notify: true, retryLimit: 0, expireInSeconds: EXPIRE_SECONDS, deleteAfterSeconds: 3600 };
    if ((await this.#boss.getQueue(QUEUE)) === null)
      // short: of one key at most one job waits, however many are at work
      await this.#boss.createQueue(QUEUE, { ...options, policy: "short" });
    else await this.#boss.updateQueue(QUEUE, options);
  }

  /** Forgets every job: only when no engine is alive and every bot was stopped. */
  async clear(): Promise<void> {
    await this.#boss.deleteAllJobs(QUEUE);
    if ((await this.#boss.getQueue(FORMER_QUEUE)) !== null) await this.#boss.deleteQueue(FORMER_QUEUE);
  }

  /** Puts a job on the queue by SQL on `db`, an open transaction: it is there when that commits. */
  async enqueue(db: Db, job: CycleJob, startAt: Date): Promise<void> {
    // with its time: one that waits for a later time must not be in the way of a start
    await this.#boss.send(QUEUE, job, {
      db,
      startAfter: startAt,
      singletonKey: `${keyOf(job)} ${startAt.toISOString()}`,
    });
  }

  /** Puts each on the queue, to be taken now; one that waits there already is not put twice. */
  async offer(jobs: readonly CycleJob[]): Promise<void> {
    await this.#boss.insert(
      QUEUE,
      jobs.map((job) => ({ data: job, singletonKey: keyOf(job) })),
    );
  }

  /** Works jobs, a few at a time, until {@link drain}. What `take` throws is only written down. */
  async work(take: (job: CycleJob) => Promise<void>): Promise<void> {
    this.#work = () =>
      this.#boss.work<CycleJob>(
        QUEUE,
        {
          batchSize: BATCH,
          localConcurrency: WORKERS,
          burstWhenBatchFull: true,
          pollingIntervalSeconds: POLL_SECONDS,
          notifyPollingIntervalSeconds: POLL_SECONDS,
        },
        async (jobs) => {
          await Promise.all(jobs.map((job) => take(job.data)));
        },
      );
    this.#isTaking = true;
    await this.#work();
  }

  /** Whether jobs are fetched; those that are at work go on. */
  setTaking(on: boolean): void {
    if (this.#work === null || on === this.#isTaking) return;
    this.#isTaking = on;
    void (on ? this.#work() : this.#boss.offWork(QUEUE, { wait: false }));
  }

  /** Takes no more jobs and resolves when the running ones have ended. */
  async drain(): Promise<void> {
    this.#work = null;
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

const keyOf = ({ botId, number }: CycleJob): string => `${botId} ${number}`;
