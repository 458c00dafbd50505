import { setTimeout as sleep } from "node:timers/promises";
import type { Person } from "@herald/testing/people";
import { insist } from "./insist.ts";
import type { Journal } from "./journal.ts";
import type { Random } from "./random.ts";

/** Between two changes of the admin's, in milliseconds. */
const LOOK_MS = { least: 2_000, most: 4_000 };
/** How long a user stays disabled, in milliseconds. */
const DISABLED_MS = { least: 1_000, most: 5_000 };
/** How often each change is drawn. */
const WEIGHTS = { disable: 40, move: 60 };

/** A user could do nothing: surely from `from` until `until`, in milliseconds since 1970. */
export interface Suspension {
  userId: string;
  from: number;
  until: number;
}

/** The admin as the one who lets people in: disables users for a while, and lets accounts pass from one to another by their plans. */
export class Tenancy {
  readonly #admin: Person;
  readonly #users: readonly Person[];
  readonly #journal: Journal;
  readonly suspensions: Suspension[] = [];

  constructor({ admin, users, journal }: { admin: Person; users: readonly Person[]; journal: Journal }) {
    this.#admin = admin;
    this.#users = users;
    this.#journal = journal;
  }

  /** Works until `signal` aborts; a user who is disabled then stays so until {@link restore}. */
  async change(random: Random, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(random.between(LOOK_MS.least, LOOK_MS.most));
      const change = random.weighted(WEIGHTS);
      if (change === "disable") await this.#disable(random, signal);
      else await this.#move(random, signal);
    }
  }

  /** Lets everybody in again. */
  async restore(signal: AbortSignal): Promise<void> {
    for (const user of this.#users) await this.#enable(user, signal);
  }

  async #disable(random: Random, signal: AbortSignal): Promise<void> {
    const user = random.pick(this.#users);
    const { id } = user;
    const over = this.#journal.begin(`user ${id} is disabled`, { userId: id, severs: true });
    const done = await insist(() => this.#admin.api.users.update.mutate({ id, disabled: true }), signal);
    over();
    if (done) this.suspensions.push({ userId: id, from: Date.now(), until: Number.POSITIVE_INFINITY });
    await sleep(random.between(DISABLED_MS.least, DISABLED_MS.most));
    await this.#enable(user, signal);
  }

  async #enable({ id, signInAgain }: Person, signal: AbortSignal): Promise<void> {
    // from the asking on, for the answer may be lost
    for (const suspension of this.suspensions)
      if (suspension.userId === id) suspension.until = Math.min(suspension.until, Date.now());
    if (await insist(() => this.#admin.api.users.update.mutate({ id, disabled: false }), signal))
      this.#journal.note(`user ${id} is enabled`);
    signInAgain();
  }

  /** One user's plan allows an account less, another's one more: with their next cycles it passes on by way of the pool. */
  async #move(random: Random, signal: AbortSignal): Promise<void> {
    const users = await this.#admin.api.users.list.query().catch(() => []);
    const plans = users.flatMap(({ id, plan }) => (plan?.type === "ENTERPRISE" ? [{ id, plan }] : []));
    const givers = plans.filter(({ plan }) => plan.maxSessions > 1);
    if (givers.length === 0) return;
    const giver = random.pick(givers);
    const [taker] = random.sample(
      plans.filter(({ id }) => id !== giver.id),
      1,
    );
    if (taker === undefined) return;
    this.#journal.note(`an account is to pass from user ${giver.id} to user ${taker.id}`);
    for (const [{ id, plan }, more] of [
      [giver, -1],
      [taker, 1],
    ] as const)
      await insist(
        () => this.#admin.api.users.update.mutate({ id, plan: { ...plan, maxSessions: plan.maxSessions + more } }),
        signal,
      );
  }
}
