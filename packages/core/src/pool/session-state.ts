import { earliest } from "../lib/earliest.ts";
import type { Session } from "../model/domain.ts";

type Rest = Pick<Session, "restingUntil" | "needsAdmin">;

/** From when on the session may be used if nobody does anything; null: not before an admin has looked at it. */
export const usableFrom = ({ restingUntil, needsAdmin }: Rest, now: Date): Date | null => {
  if (needsAdmin) return null;
  return restingUntil !== null && restingUntil > now ? restingUntil : now;
};

/** True while the session must not be used: Telegram asked for a rest, or an admin has to look at it. */
export const rests = (session: Rest, now: Date): boolean => {
  const from = usableFrom(session, now);
  return from === null || from > now;
};

/** Whether the pool may give the session to a bot. */
export const mayBeTaken = (session: Rest & Pick<Session, "place">, now: Date): boolean =>
  session.place === "unused" && !rests(session, now);

/** Those that may be used now, then those that rest for a time, the soonest back first, then those that wait for an admin. */
export function byUse<T extends Rest>(sessions: readonly T[], now: Date): T[] {
  const rank = (session: T) => usableFrom(session, now)?.getTime() ?? Number.POSITIVE_INFINITY;
  return sessions.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
}

/** Why a bot has fewer accounts than it wants. */
export interface Shortage {
  /** the pool is empty, or no API pair has a seat */
  short: "pool" | "api_pair" | null;
  /** when the first account of an empty pool has rested; null: none does, or the pool is not short */
  poolBack: Date | null;
}

/** What a bot's accounts come to: how many may post now, when the first of the others, or of the pool's, is back by itself. */
export interface SessionFacts {
  seated: number;
  ready: number;
  back: Date | null;
  short: Shortage["short"];
}

export function summarize(seated: readonly Rest[], { short, poolBack }: Shortage, now: Date): SessionFacts {
  const resting = seated.filter((session) => rests(session, now));
  return {
    seated: seated.length,
    ready: seated.length - resting.length,
    back: earliest([...resting.map((session) => usableFrom(session, now)), poolBack].flatMap((at) => at ?? [])),
    short,
  };
}

/** What a start would find of the pool. */
export interface PoolFacts {
  /** the bot's own living sessions */
  own: Array<Rest & Pick<Session, "apiPairId">>;
  /** how many the pool could give */
  unused: number;
  /** when the first of those that it could not give because they rest is back by itself */
  unusedBack: Date | null;
  freeSeats: number;
}

/** What `assignSessions` would come to, without doing it. */
export function predictSessions(
  { own, unused, unusedBack, freeSeats }: PoolFacts,
  wanted: number,
  now: Date,
): SessionFacts {
  const ranked = byUse(own, now);
  const kept = ranked.slice(0, wanted);
  const taken = Math.min(wanted - kept.length, unused);
  const fresh = Array.from({ length: taken }, () => ({ restingUntil: null, needsAdmin: false, apiPairId: null }));
  const seats = freeSeats + ranked.slice(wanted).filter((session) => session.apiPairId !== null).length;
  const standing = [...kept, ...fresh].filter((session) => session.apiPairId === null);
  const left = new Set<object>(standing.slice(seats));
  const seated = [...kept, ...fresh].filter((session) => !left.has(session));
  const short = left.size > 0 ? "api_pair" : kept.length + taken < wanted ? "pool" : null;
  return summarize(seated, { short, poolBack: short === "pool" ? unusedBack : null }, now);
}
