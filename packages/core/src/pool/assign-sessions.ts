import type { Plan } from "@herald/contract";
import type { Bot, Session } from "../model/domain.ts";
import type { Transaction } from "../ports/index.ts";
import { byUse, type Shortage } from "./session-state.ts";

/** The least-used pair that has a seat left; the oldest of equals. Null when every seat is taken. */
export function pickApiPair<T extends { used: number; capacity: number }>(pairs: readonly T[]): T | null {
  let best: T | null = null;
  for (const pair of pairs) if (pair.used < pair.capacity && (best === null || pair.used < best.used)) best = pair;
  return best;
}

export interface Assignment extends Shortage {
  /** the bot's living sessions with a seat on an API pair, longest assigned first */
  sessions: Session[];
  /** those that came new from the pool: their files are to be moved after the commit */
  taken: Session[];
  /** those that went back to the pool because the plan allows fewer */
  released: Session[];
}

/** How many accounts a bot is to have. */
export const wantedSessions = (sessionCount: Bot["sessionCount"], plan: Plan | null): number =>
  plan === null ? 0 : Math.min(sessionCount ?? plan.maxSessions, plan.maxSessions);

/**
 * Brings a bot to `wanted` living sessions: keeps its own (those that can post before those that rest), takes what is missing from the pool, and seats each on the
 * least-used API pair with room (seeds: "New sessions assigned to least-used pair"). Runs inside the caller's transaction.
 */
export async function assignSessions(tx: Transaction, userId: string, wanted: number, now: Date): Promise<Assignment> {
  const own = await tx.sessions.ofUser(userId);
  const chosen = new Set(byUse(own, now).slice(0, wanted));
  const kept = own.filter((session) => chosen.has(session));
  const released = own
    .filter((session) => !chosen.has(session))
    .map((session): Session => ({ ...session, place: "unused", userId: null, apiPairId: null }));
  for (const session of released) await tx.sessions.release(session.id);
  const candidates = kept.length < wanted ? await tx.sessions.takeUnused(userId, wanted - kept.length, now) : [];
  let short: Assignment["short"] = kept.length + candidates.length < wanted ? "pool" : null;

  // the lock may hold up other starts: the last thing before the writes, and only for who needs a seat
  const seatless = [...kept, ...candidates].filter((session) => session.apiPairId === null).length;
  const pairs = seatless === 0 ? [] : (await tx.apiPairs.lockSeats(seatless)).map((pair) => ({ ...pair }));
  const sessions: Session[] = [];
  const taken: Session[] = [];
  const seats: Array<{ sessionId: string; apiPairId: string }> = [];
  for (const session of [...kept, ...candidates]) {
    const isNew = candidates.includes(session);
    let seated = session;
    if (session.apiPairId === null) {
      const pair = pickApiPair(pairs);
      if (pair === null) {
        short = "api_pair";
        if (isNew) await tx.sessions.release(session.id);
        continue;
      }
      seats.push({ sessionId: session.id, apiPairId: pair.id });
      pair.used += 1;
      seated = { ...session, apiPairId: pair.id };
    }
    sessions.push(seated);
    if (isNew) taken.push(seated);
  }
  if (seats.length > 0) await tx.sessions.seat(seats);
  const poolBack = short === "pool" ? await tx.sessions.firstUnusedBack(now) : null;
  return { sessions, taken, released, short, poolBack };
}
