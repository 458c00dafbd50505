import { setTimeout as sleep } from "node:timers/promises";
import type { Person } from "@herald/testing/people";
import { insist } from "./insist.ts";
import type { Journal } from "./journal.ts";
import type { Postgres } from "./postgres.ts";
import type { Random } from "./random.ts";

/** Between two looks at the bots, in milliseconds. */
const LOOK_MS = 500;
/** Between two whims of a user, in milliseconds. */
const WHIM_MS = { least: 2_000, most: 6_000 };
/** How long a user leaves a bot stopped, in milliseconds. */
const REST_MS = { least: 0, most: 3_000 };
/** Between two times at which a user sorts groups, and between removing and adding them again, in milliseconds. */
const SORT_MS = { least: 1_500, most: 4_000 };
const AWAY_MS = { least: 0, most: 2_000 };
/** Groups that are removed at once, at most. */
const MOST_SORTED = 3;
/** In the calm at the end no bot begins a further cycle. Seconds. */
const NO_NEXT_CYCLE = 24 * 3600;

interface BotRow {
  userId: string;
  status: "stopped" | "running";
  tripped: boolean;
  /** a cycle that runs or was cut off */
  unfinished: boolean;
}

/** The users of the run: they start what was stopped, and stop and start their bots by whim. */
export class Crowd {
  readonly #users: readonly Person[];
  readonly #admin: Person;
  readonly #postgres: Postgres;
  readonly #journal: Journal;
  readonly #canAsk: () => boolean;
  /** bots that their users want to stand still for a while */
  readonly #resting = new Set<string>();
  /** groups that were removed and added again */
  regrouped = 0;
  /** how often an engine said of what was asked that the fault is its own */
  readonly faults = new Map<string, number>();

  constructor(options: {
    users: readonly Person[];
    admin: Person;
    postgres: Postgres;
    journal: Journal;
    engines: ReadonlyArray<{ url: string | null }>;
  }) {
    this.#canAsk = () => options.engines.some((engine) => engine.url !== null);
    this.#users = options.users;
    this.#admin = options.admin;
    this.#postgres = options.postgres;
    this.#journal = options.journal;
  }

  /** Starts whatever is stopped, until `signal` aborts. */
  async keepRunning(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const stopped = (await this.#bots(signal).catch(() => [])).filter((bot) => bot.status === "stopped");
      await Promise.all(stopped.filter((bot) => !this.#resting.has(bot.userId)).map((bot) => this.#start(bot)));
      await sleep(LOOK_MS);
    }
  }

  /** Stops a bot now and then and starts it again, through any engine, until `signal` aborts. */
  async haveWhims(random: Random, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(random.between(WHIM_MS.least, WHIM_MS.most));
      const user = random.pick(this.#users);
      this.#resting.add(user.id);
      await this.#ask(user, "stop", () => user.api.bot.stop.mutate());
      await sleep(random.between(REST_MS.least, REST_MS.most));
      this.#resting.delete(user.id);
    }
  }

  /** Removes groups now and then and adds them again, until `signal` aborts. */
  async sortGroups(random: Random, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(random.between(SORT_MS.least, SORT_MS.most));
      const user = random.pick(this.#users);
      const groups = await user.api.groups.list.query().catch(() => []);
      const sorted = random.sample(groups, 1 + Math.floor(random.between(0, MOST_SORTED)));
      const ids = sorted.map(({ id }) => id);
      const lines = sorted.map(({ reference }) => reference);
      if (ids.length === 0) continue;
      if (!(await this.#ask(user, "remove", () => user.api.groups.remove.mutate({ ids })))) continue;
      await sleep(random.between(AWAY_MS.least, AWAY_MS.most));
      if (await insist(() => user.api.groups.add.mutate({ lines }), signal)) this.regrouped += lines.length;
    }
  }

  /** Lets every cycle come to its end, and stops the bots. @returns the users whose cycle did not before `signal` aborted */
  async finish(signal: AbortSignal): Promise<string[]> {
    const waiting = new Set(this.#users.map((user) => user.id));
    const told = new Set<string>();
    while (waiting.size > 0 && !signal.aborted) {
      const bots = await this.#bots(signal).catch(() => []);
      await Promise.all(
        bots.map(async (bot) => {
          const user = this.#users.find(({ id }) => id === bot.userId);
          if (user === undefined || !waiting.has(user.id)) return;
          if (!told.has(user.id)) {
            const change = { delayBetweenCycles: NO_NEXT_CYCLE };
            if (await this.#ask(user, "configure", () => user.api.bot.configure.mutate(change))) told.add(user.id);
          } else if (bot.unfinished) {
            if (bot.status === "stopped") await this.#start(bot);
          } else if (bot.status === "running") await this.#ask(user, "stop", () => user.api.bot.stop.mutate());
          else waiting.delete(user.id);
        }),
      );
      await sleep(LOOK_MS);
    }
    return [...waiting];
  }

  #bots(signal: AbortSignal): Promise<BotRow[]> {
    return this.#postgres.query<BotRow>(
      `SELECT user_id AS "userId", status, breaker_tripped_at IS NOT NULL AS tripped,
         EXISTS (SELECT FROM cycles c WHERE c.user_id = b.user_id AND c.state IN ('running', 'open')) AS unfinished
       FROM bots b WHERE user_id = ANY ($1::uuid[]) ORDER BY user_id`,
      [this.#users.map((user) => user.id)],
      signal,
    );
  }

  async #start(bot: BotRow): Promise<void> {
    const user = this.#users.find(({ id }) => id === bot.userId);
    if (user === undefined) return;
    if (bot.tripped)
      await this.#ask(this.#admin, "clearBreaker", () => this.#admin.api.users.clearBreaker.mutate({ id: user.id }));
    await this.#ask(user, "start", () => user.api.bot.start.mutate({}));
  }

  /** @returns whether an engine did it. While engines and PostgreSQL come and go, many a call is refused. */
  async #ask(user: Person, what: string, call: () => Promise<unknown>): Promise<boolean> {
    if (!this.#canAsk()) return false;
    const over = this.#journal.begin(`${what} is asked for user ${user.id}`, {
      userId: user.id,
      severs: what === "stop",
    });
    try {
      await call();
      return true;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#journal.note(`${what} was refused: ${text}`, { userId: user.id });
      const { herald } = (error as { data?: { herald?: { code: string } } }).data ?? {};
      if (herald?.code === "internal") this.faults.set(what, (this.faults.get(what) ?? 0) + 1);
      return false;
    } finally {
      over();
    }
  }
}
