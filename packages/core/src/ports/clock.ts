export interface Clock {
  now(): Date;
  /** Monotonic milliseconds: goes on while the process is paused, never jumps back. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` aborts: the caller looks at the signal. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
