import type { AuthKey } from "../world/auth-key.ts";

/**
 * Two sessions that use one key within this time of each other use it at once. A connection that was silent for longer
 * may be taken over by another without harm: that is how a hand-over from a paused process looks. Milliseconds.
 */
export const OVERLAP_MS = 3000;

interface KeyUse {
  readonly connection: { readonly id: number; readonly closed: boolean };
  readonly sessionId: bigint;
  at: number;
  order: number;
}

export interface DuplicateUse {
  readonly otherConnectionId: number;
  readonly otherIdleMs: number;
}

/**
 * Finds auth keys that are used over two open connections of different sessions at once. A request on one connection is a
 * duplicate use when the other connection is still open, belongs to another session, and either was used in the last
 * OVERLAP_MS, or was used since this connection's own last request (this one speaks again after the other took over).
 */
export class KeyWatch {
  private readonly uses = new WeakMap<AuthKey, KeyUse[]>();
  private order = 0;

  use(key: AuthKey, connection: KeyUse["connection"], sessionId: bigint, nowMs: number): DuplicateUse | undefined {
    const open = (this.uses.get(key) ?? []).filter((use) => !use.connection.closed);
    this.uses.set(key, open);
    let mine = open.find((use) => use.connection === connection && use.sessionId === sessionId);
    const lastOrder = mine?.order;
    const other = open.find(
      (use) =>
        use.connection !== connection &&
        use.sessionId !== sessionId &&
        (nowMs - use.at < OVERLAP_MS || (lastOrder !== undefined && use.order > lastOrder)),
    );
    if (!mine) {
      mine = { connection, sessionId, at: nowMs, order: 0 };
      open.push(mine);
    }
    mine.at = nowMs;
    mine.order = ++this.order;
    return other && { otherConnectionId: other.connection.id, otherIdleMs: nowMs - other.at };
  }
}
