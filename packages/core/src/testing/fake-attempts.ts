import type { SignInAttemptRepository } from "../ports/index.ts";

/** Counts as the database does. */
export class FakeAttempts implements SignInAttemptRepository {
  readonly rows = new Map<string, { count: number; until: Date }>();

  async count(key: string, windowMs: number, now: Date): Promise<{ count: number; until: Date }> {
    const found = this.rows.get(key);
    const row =
      found !== undefined && found.until > now
        ? { ...found, count: found.count + 1 }
        : { count: 1, until: new Date(now.getTime() + windowMs) };
    this.rows.set(key, row);
    return row;
  }

  async giveBack(key: string): Promise<void> {
    const row = this.rows.get(key);
    if (row !== undefined && row.count > 0) this.rows.set(key, { ...row, count: row.count - 1 });
  }

  async forget(key: string): Promise<void> {
    this.rows.delete(key);
  }
}
