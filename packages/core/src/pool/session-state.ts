import { earliest } from "../lib/earliest.ts";
import type { Session } from "../model/domain.ts";

type Rest = Pick<Session, "restingUntil" | "needsAdmin">;

/** True while the session must not be used: Telegram asked for a rest, or an admin has to look at it. */
export const rests = ({ restingUntil, needsAdmin }: Rest, now: Date): boolean =>
  needsAdmin || (restingUntil !== null && restingUntil > now);

/** Whether the pool may give the session to a bot. */
export const mayBeTaken = (session: Rest & Pick<Session, "place">, now: Date): boolean =>
  session.place === "unused" && !rests(session, now);

/** Those that may be used now, then those that rest for a time, the soonest back first, then those that wait for an admin. */
export function byUse<T extends Rest>(sessions: readonly T[], now: Date): T[] {
  const rank = (session: T) =>
    session.needsAdmin ? Number.POSITIVE_INFINITY : rests(session, now) ? (session.restingUntil?.getTime() ?? 0) : 0;
  return sessions.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
}

/** What a bot's accounts come to: how many may post now, when the first of the others is back by itself. */
export interface SessionFacts {
  seated: number;
  ready: number;
  back: Date | null;
  /** why there are fewer than wanted: the pool is empty, or no API pair has a seat */
  short: "pool" | "api_pair" | null;
}

export const summarize = (seated: readonly Rest[], short: SessionFacts["short"], now: Date): SessionFacts => ({
  seated: seated.length,
  ready: seated.filter((session) => !rests(session, now)).length,
  back: earliest(
    seated.flatMap(({ needsAdmin, restingUntil }) => (needsAdmin || restingUntil === null ? [] : [restingUntil])),
  ),
  short,
});

/** What a start would find of the pool. */
export interface PoolFacts {
  /** the bot's own living sessions */
  own: Array<Rest & Pick<Session, "apiPairId">>;
  /** how many the pool could give */
  unused: number;
  freeSeats: number;
}

/** What `assignSessions` would come to, without doing it. */
export function predictSessions({ own, unused, freeSeats }: PoolFacts, wanted: number, now: Date): SessionFacts {
  const ranked = byUse(own, now);
  const kept = ranked.slice(0, wanted);
  const taken = Math.min(wanted - kept.length, unused);
  const fresh = Array.from({ length: taken }, () => ({ restingUntil: null, needsAdmin: false, apiPairId: null }));
  const seats = freeSeats + ranked.slice(wanted).filter((session) => session.apiPairId !== null).length;
  const standing = [...kept, ...fresh].filter((session) => session.apiPairId === null);
  const left = new Set<object>(standing.slice(seats));
  const seated = [...kept, ...fresh].filter((session) => !left.has(session));
  return summarize(seated, left.size > 0 ? "api_pair" : kept.length + taken < wanted ? "pool" : null, now);
}
