import { type BookedDelivery, readBooks } from "./books.ts";
import { Crowd } from "./crowd.ts";
import { type Act, FaultInjector, LONGEST_RECOVERY_SECONDS, SECONDS_AN_ACT } from "./fault-injector.ts";
import { noteHolders } from "./holders.ts";
import type { Counts } from "./invariants/violation.ts";
import type { Journal } from "./journal.ts";
import { Operator } from "./operator.ts";
import { Random } from "./random.ts";
import { COOLDOWN, type Herald, setUp } from "./set-up.ts";
import { type Scale, spoil } from "./stage.ts";
import { injectTelegramFaults, type TelegramFaults } from "./telegram-faults.ts";
import { Tenancy } from "./tenancy.ts";
import { timelineOf } from "./timeline.ts";
import { judge } from "./verdict.ts";

/** Longest that the set-up and the calm at the end take, in seconds. */
const SET_UP_SECONDS = 90;
const CALM_SECONDS = 300;
/** Timelines that are drawn of one run. */
const MOST_TIMELINES = 5;
const TICK_MS = 250;

export interface TortureOptions {
  kills: number;
  seed: number;
  engines: number;
  scale: Scale;
  /** seconds; nothing is paused or away for longer @default a minute */
  longestPause?: number;
  signal?: AbortSignal;
  /** what goes on; `posts` stand in the record */
  onProgress?: (progress: { phase: string; acts: number; posts: number }) => void;
}

export interface TortureResult extends Counts, TelegramFaults {
  seed: number;
  engines: number;
  sessionStore: Herald["sessionStore"];
  acts: Record<Act, number>;
  faultsFired: number;
  optOuts: number;
  /** users who were disabled for a while */
  suspensions: number;
  /** groups that were removed and added again */
  regrouped: number;
  /** accounts that posted for more than one user */
  movedSessions: number;
  cycles: number;
  /** deliveries by what became of them */
  outcomes: Record<string, number>;
  /** deliveries that are open still: none, where every cycle came to its end in time */
  open: number;
  waitsNeverHeard: number;
  /** how long cycles of killed and paused engines stood still, in seconds; null where none did */
  takeoverSeconds: { count: number; median: number; max: number } | null;
  seconds: number;
  /** what went wrong besides the counts: engines that ended by themselves, requests that failed by a fault of ours */
  faults: string[];
  /** of the violations, drawn for a person */
  timelines: string[];
  journal: Journal;
}

/** Longest that a run takes, in seconds. */
export const boundOf = ({ kills }: Pick<TortureOptions, "kills">): number =>
  SET_UP_SECONDS + kills * SECONDS_AN_ACT + LONGEST_RECOVERY_SECONDS + CALM_SECONDS;

/** True when the run showed nothing that must not be. */
export const isClean = ({ open, faults, timelines }: Pick<TortureResult, "open" | "faults" | "timelines">): boolean =>
  open === 0 && faults.length === 0 && timelines.length === 0;

/**
 * Runs real cycles on real engines against the emulator while it kills, pauses and stops engines, cuts connections and stops
 * PostgreSQL; then compares what stands in the chats with what the database says. Leaves nothing behind.
 * @throws Error when the run takes longer than {@link boundOf}; the signal's reason
 */
export async function torture(options: TortureOptions): Promise<TortureResult> {
  const startedAt = performance.now();
  const tooLong = new AbortController();
  const signal = AbortSignal.any([tooLong.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  await using stack = new AsyncDisposableStack();
  const random = new Random(options.seed);
  let phase = "setting up";
  let tick = () => options.onProgress?.({ phase, acts: 0, posts: 0 });
  const ticker = setInterval(() => tick(), TICK_MS);
  stack.defer(() => clearInterval(ticker));
  const bound = setTimeout(
    () =>
      tooLong.abort(
        new Error(`The run did not end within its bound of ${boundOf(options)} s: it hung while ${phase}.`),
      ),
    boundOf(options) * 1000,
  );
  stack.defer(() => clearTimeout(bound));

  const herald = await withSignal(signal, setUp(stack, { ...options, random }));
  const { emulator, postgres, engines, journal } = herald;
  const injector = new FaultInjector({ ...herald, random }, options.longestPause);
  const crowd = new Crowd(herald);
  const operator = new Operator(herald);
  const tenancy = new Tenancy(herald);
  const holders = noteHolders(herald);
  tick = () => options.onProgress?.({ phase, acts: injector.count, posts: emulator.record.size });

  spoil(emulator);
  phase = "injecting faults";
  const calm = new AbortController();
  const telegramFaults: TelegramFaults = { bans: 0, limits: 0, migrations: 0 };
  const until = AbortSignal.any([signal, calm.signal]);
  const going = [
    crowd.keepRunning(until),
    crowd.haveWhims(new Random(options.seed + 1), until),
    crowd.sortGroups(new Random(options.seed + 5), until),
    operator.work(new Random(options.seed + 4), until),
    tenancy.change(new Random(options.seed + 6), until),
    injectTelegramFaults(
      herald,
      { acts: () => injector.count, most: options.scale.spares, done: telegramFaults },
      until,
    ),
  ];
  const injected = injector.inject(options.kills, signal).then(async () => {
    phase = "recovering";
    await injector.recovered();
    if (options.engines > 1) await injector.takeovers.over();
  });
  await withSignal(signal, Promise.race([injected, Promise.all(going)]));
  calm.abort();
  await Promise.all(going);

  phase = "finishing the cycles";
  emulator.faults.clear();
  await withSignal(signal, tenancy.restore(signal));
  const unfinished = await crowd.finish(AbortSignal.any([signal, AbortSignal.timeout(CALM_SECONDS * 1000)]));
  signal.throwIfAborted();
  await Promise.all(engines.map((engine) => engine.terminate()));

  phase = "judging";
  const books = await readBooks(postgres);
  const verdict = judge(emulator, books, {
    defaultCooldown: COOLDOWN,
    deeds: journal.deeds,
    holders,
    optOuts: operator.optOuts,
    suspensions: tenancy.suspensions,
    outages: injector.outages,
  });
  return {
    seed: options.seed,
    engines: options.engines,
    sessionStore: herald.sessionStore,
    ...verdict.counts,
    acts: injector.done,
    faultsFired: emulator.faults.fired().length,
    ...telegramFaults,
    optOuts: operator.optOuts.length,
    suspensions: tenancy.suspensions.length,
    regrouped: crowd.regrouped,
    movedSessions: countMoved(books.deliveries),
    cycles: new Set(books.deliveries.map((delivery) => delivery.cycleId)).size,
    outcomes: countBy(books.deliveries, ({ state, outcome }) => (outcome === state ? state : `${state}: ${outcome}`)),
    open: books.deliveries.filter(({ state }) => state === "planned" || state === "sending").length,
    waitsNeverHeard: verdict.waitsNeverHeard,
    // one engine alone stops its bots when it comes back
    takeoverSeconds: options.engines > 1 ? spread(injector.takeovers.seconds) : null,
    seconds: Math.round((performance.now() - startedAt) / 1000),
    faults: [
      ...engines.flatMap(({ id, misbehaviour }) => misbehaviour.map((text) => `${id} ${text}`)),
      ...injector.misbehaviour,
      ...unfinished.map((id) => `the cycle of user ${id} did not come to its end in ${CALM_SECONDS} s of calm`),
      ...[...crowd.faults].map(([what, times]) => `${what} was answered with a fault of the engine's, ${times} times`),
    ],
    timelines: verdict.violations
      .slice(0, MOST_TIMELINES)
      .map((violation) => timelineOf(violation, emulator, books, journal)),
    journal,
  };
}

const countBy = <T>(things: readonly T[], keyOf: (thing: T) => string): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(things, keyOf)].map(([key, ones]) => [key, ones.length]).sort());

function countMoved(deliveries: readonly BookedDelivery[]): number {
  const sent = Map.groupBy(
    deliveries.filter(({ state }) => state === "sent"),
    ({ sessionId }) => sessionId,
  );
  return [...sent.values()].filter((ones) => new Set(ones.map(({ userId }) => userId)).size > 1).length;
}

function spread(seconds: readonly number[]): TortureResult["takeoverSeconds"] {
  const sorted = seconds.map((value) => Math.round(value * 10) / 10).sort((a, b) => a - b);
  const [median, max] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return median === undefined || max === undefined ? null : { count: sorted.length, median, max };
}

/** What `work` comes to, unless `signal` aborts first. */
async function withSignal<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
