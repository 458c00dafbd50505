/** Failed sign-ins that one e-mail address may have within a window before it has to wait. */
const MAX_FAILURES_PER_EMAIL = 10;
/** The same for one network address, behind which an office may sit. */
const MAX_FAILURES_PER_ADDRESS = 50;
const WINDOW_MS = 10 * 60_000;
/** Keys remembered at most, so that an attacker cannot fill the memory. */
const MAX_KEYS = 10_000;

interface Failures {
  count: number;
  until: number;
}

/** Counts failed sign-ins of this process. `nowMs` is the clock in milliseconds. */
export class SignInAttempts {
  readonly #failures = new Map<string, Failures>();

  /** Whether another attempt is to be looked at. */
  allowed(email: string, address: string, nowMs: number): boolean {
    return (
      this.#count(`e:${email}`, nowMs) < MAX_FAILURES_PER_EMAIL &&
      this.#count(`a:${address}`, nowMs) < MAX_FAILURES_PER_ADDRESS
    );
  }

  failed(email: string, address: string, nowMs: number): void {
    for (const key of [`e:${email}`, `a:${address}`]) {
      const count = this.#count(key, nowMs) + 1;
      const until = this.#failures.get(key)?.until ?? nowMs + WINDOW_MS;
      this.#failures.delete(key);
      this.#failures.set(key, { count, until });
    }
    for (const key of this.#failures.keys()) {
      if (this.#failures.size <= MAX_KEYS) break;
      this.#failures.delete(key);
    }
  }

  succeeded(email: string): void {
    this.#failures.delete(`e:${email}`);
  }

  #count(key: string, nowMs: number): number {
    const failures = this.#failures.get(key);
    if (failures === undefined) return 0;
    if (failures.until > nowMs) return failures.count;
    this.#failures.delete(key);
    return 0;
  }
}
