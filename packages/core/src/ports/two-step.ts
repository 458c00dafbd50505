/** What is kept of somebody's second step. */
export interface TwoStepRow {
  /** base32 */
  secret: string;
  /** null: no first code was given yet, so none is asked for */
  confirmedAt: Date | null;
}

export interface TwoStepRepository {
  /** Locked, so that of two who change it at once the second sees what the first did. @throws Error when the secret does not open */
  find(userId: string): Promise<TwoStepRow | null>;
  /** Whether a code is asked for. Reads no secret. */
  isOn(userId: string): Promise<boolean>;
  /** Keeps a new secret, unconfirmed, in place of one that was not confirmed. */
  begin(userId: string, secret: string): Promise<void>;
  confirm(userId: string, at: Date): Promise<void>;
  /** Notes that the code of that step was taken. False when it, or a newer one, was taken before. */
  takeStep(userId: string, step: number): Promise<boolean>;
  /** The codes with these hashes in place of all that there were. */
  replaceRecoveryCodes(userId: string, hashes: readonly string[]): Promise<void>;
  takeRecoveryCode(userId: string, hash: string, at: Date): Promise<"taken" | "used" | "unknown">;
  recoveryCodesLeft(userId: string): Promise<number>;
  /** Forgets secret and codes. False when there was nothing that had been confirmed. */
  remove(userId: string): Promise<boolean>;
  /** Whose secrets are kept. */
  list(): Promise<string[]>;
  /** Of each secret that does not open for want of a key the id of that key. */
  missingKeys(): Promise<string[]>;
  /** Seals the secret anew. False when it is current; why, when it does not open. */
  reseal(userId: string): Promise<boolean | { reason: string }>;
}
