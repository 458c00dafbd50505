/** Until when Telegram answers one account which of its methods. */
export interface MethodWaits {
  /** Seconds until this method may be asked again; 0 when it may be. */
  left(method: string): number;
  /** Telegram said FLOOD_WAIT to this method. */
  begin(method: string, seconds: number): void;
}

/** The waits of every account. A wait is the account's and not the connection's: the next client of the account keeps it. */
export class AccountWaits {
  /** by account and method, in milliseconds of the monotonic clock */
  readonly #until = new Map<string, number>();

  /** `account`: whatever tells it from the others. */
  of(account: string): MethodWaits {
    const key = (method: string) => `${account} ${method}`;
    return {
      left: (method) => Math.max(0, Math.ceil(((this.#until.get(key(method)) ?? 0) - performance.now()) / 1000)),
      begin: (method, seconds) => {
        const now = performance.now();
        // only so that the map does not grow: a wait that is over is none
        for (const [other, until] of this.#until) if (until <= now) this.#until.delete(other);
        this.#until.set(key(method), now + seconds * 1000);
      },
    };
  }
}
