import type { TwoStepCodes, TwoStepRepository, TwoStepRow } from "../ports/index.ts";

/** Second steps in memory. */
export class FakeTwoStep implements TwoStepRepository {
  readonly rows = new Map<string, TwoStepRow & { lastStep: number; codes: Map<string, Date | null> }>();

  #row(userId: string) {
    const row = this.rows.get(userId);
    if (row === undefined) throw new Error(`${userId} has no second step.`);
    return row;
  }
  async find(userId: string): Promise<TwoStepRow | null> {
    return this.rows.get(userId) ?? null;
  }
  async isOn(userId: string): Promise<boolean> {
    return (this.rows.get(userId)?.confirmedAt ?? null) !== null;
  }
  async begin(userId: string, secret: string): Promise<void> {
    this.rows.set(userId, { secret, confirmedAt: null, lastStep: 0, codes: new Map() });
  }
  async confirm(userId: string, at: Date): Promise<void> {
    this.#row(userId).confirmedAt = at;
  }
  async takeStep(userId: string, step: number): Promise<boolean> {
    const row = this.#row(userId);
    if (row.lastStep >= step) return false;
    row.lastStep = step;
    return true;
  }
  async replaceRecoveryCodes(userId: string, hashes: readonly string[]): Promise<void> {
    this.#row(userId).codes = new Map(hashes.map((hash) => [hash, null]));
  }
  async takeRecoveryCode(userId: string, hash: string, at: Date): Promise<"taken" | "used" | "unknown"> {
    const { codes } = this.#row(userId);
    const usedAt = codes.get(hash);
    if (usedAt === undefined) return "unknown";
    if (usedAt !== null) return "used";
    codes.set(hash, at);
    return "taken";
  }
  async recoveryCodesLeft(userId: string): Promise<number> {
    return [...this.#row(userId).codes.values()].filter((usedAt) => usedAt === null).length;
  }
  async remove(userId: string): Promise<boolean> {
    const on = await this.isOn(userId);
    this.rows.delete(userId);
    return on;
  }
  async list(): Promise<string[]> {
    return [...this.rows.keys()];
  }
  async missingKeys(): Promise<string[]> {
    return [];
  }
  async reseal(): Promise<boolean> {
    throw new Error("not part of these tests");
  }
}

/** A new code every 30 s, and that is the number of its half minute. */
export class FakeCodes implements TwoStepCodes {
  #drawn = 0;

  codeAt = (at: Date): string => `${Math.floor(at.getTime() / 30_000) % 1_000_000}`.padStart(6, "0");
  secret = (): string => `SECRET${++this.#drawn}`;
  uri = (secret: string, account: string): string => `otpauth://${account}/${secret}`;
  stepOf(_secret: string, code: string, at: Date): number | null {
    return code === this.codeAt(at) ? Math.floor(at.getTime() / 30_000) : null;
  }
  recoveryCode = (length: number): string => `${++this.#drawn}`.padStart(length, "A");
}
