/** How often something was tried of late; holds for every engine, and over their restarts. */
export interface SignInAttemptRepository {
  /**
   * Counts one more try of `key` and says how many there are with it, and until when they count. The first of a key counts for
   * `windowMs` from `now`. Two at once wait for each other, so that no two get the same number.
   */
  count(key: string, windowMs: number, now: Date): Promise<{ count: number; until: Date }>;
  /** Takes one try back. */
  giveBack(key: string): Promise<void>;
  forget(key: string): Promise<void>;
}
