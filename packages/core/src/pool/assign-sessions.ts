import type { Session } from "../model/domain.ts";
import type { SessionFiles, Transaction } from "../ports/index.ts";

/** The least-used pair that has a seat left; the oldest of equals. Null when every seat is taken. */
export function pickApiPair<T extends { used: number; capacity: number }>(pairs: readonly T[]): T | null {
  let best: T | null = null;
  for (const pair of pairs) if (pair.used < pair.capacity && (best === null || pair.used < best.used)) best = pair;
  return best;
}

export interface Assignment {
  /** the bot's living sessions with a seat on an API pair, longest assigned first */
  sessions: Session[];
  /** those that came new from the pool: their files are to be moved after the commit */
  taken: Session[];
  /** those that went back to the pool because the plan allows fewer */
  released: Session[];
  /** why there are fewer than wanted: the pool is empty, or no API pair has a seat */
  short: "pool" | "api_pair" | null;
}

/**
 * Brings a bot to `wanted` living sessions: keeps its own, takes what is missing from the pool, and seats each on the
 * least-used API pair with room (seeds: "New sessions assigned to least-used pair"). Runs inside the caller's transaction.
 */
export async function assignSessions(tx: Transaction, userId: string, wanted: number): Promise<Assignment> {
  const own = (await tx.sessions.ofUser(userId)).filter((session) => session.place === "assigned");
  const released = own.slice(wanted);
  for (const session of released) await tx.sessions.release(session.id);
  const kept = own.slice(0, wanted);
  const candidates = kept.length < wanted ? await tx.sessions.takeUnused(userId, wanted - kept.length) : [];
  let short: Assignment["short"] = kept.length + candidates.length < wanted ? "pool" : null;

  const pairs = (await tx.apiPairs.list({ forUpdate: true })).map((pair) => ({ ...pair }));
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
  return { sessions, taken, released, short };
}

/** Lets the session files follow their rows, after the commit; a crash in between is mended when an engine boots. */
export async function moveSessionFiles(
  files: SessionFiles,
  userId: string,
  { taken, released }: Pick<Assignment, "taken" | "released">,
): Promise<void> {
  await Promise.all([
    ...taken.map((session) => files.move(session.id, "assigned", userId)),
    ...released.map((session) => files.move(session.id, "unused", null)),
  ]);
}

/** True while the session must not be used. */
export const rests = (session: Pick<Session, "restingUntil" | "needsAdmin">, now: Date): boolean =>
  session.needsAdmin || (session.restingUntil !== null && session.restingUntil > now);
