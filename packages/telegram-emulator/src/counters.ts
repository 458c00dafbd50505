/** One use of an auth key by two sessions at once. */
export interface KeyDuplicate {
  readonly accountId: number | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  /** The connection whose request showed it, and the other one. */
  readonly connectionId: number;
  readonly otherConnectionId: number;
  /** Milliseconds since the other connection was last used. */
  readonly otherIdleMs: number;
}

/** What the server has done since it started. */
export class Counters {
  readonly calls: Record<string, number> = {};
  readonly errors: Record<string, number> = {};
  readonly keyDuplicates: KeyDuplicate[] = [];
  /** Connections accepted, and open now. */
  connectionsAccepted = 0;
  connectionsOpen = 0;
  /** Connections that were closed because of what came over them. */
  connectionsRefused = 0;
  keyExchanges = 0;
  /** Connections cut because the client did not read. */
  slowReaders = 0;
  updatesPushed = 0;

  call(method: string): void {
    this.calls[method] = (this.calls[method] ?? 0) + 1;
  }

  error(message: string): void {
    // Waits of any length count as one kind.
    const kind = message.replace(/_\d+$/, "_X");
    this.errors[kind] = (this.errors[kind] ?? 0) + 1;
  }
}
