/** The codes of a second step: those of authenticator apps (RFC 6238: six digits, 30 seconds, SHA-1, which is what the apps know), and recovery codes. */
export interface TwoStepCodes {
  /** A new secret of 160 random bits, in base32. */
  secret(): string;
  /** What a QR code tells an app. `account` is what the app shows. */
  uri(secret: string, account: string): string;
  /** The step (30 s since 1970) whose code this is, one to either side of `at` included; null when it is none. */
  stepOf(secret: string, code: string, at: Date): number | null;
  /** A new one: `length` digits and letters of Crockford's base 32, 5 random bits each. */
  recoveryCode(length: number): string;
}
