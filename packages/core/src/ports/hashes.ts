export interface Hashes {
  /** A password as it is kept (argon2id). */
  password(password: string): Promise<string>;
  /** Whether this is the password behind `hash`. Without a hash it is none, and the answer takes just as long. */
  isPassword(password: string, hash: string | null): Promise<boolean>;
  /** SHA-256 in hexadecimal: for what is random already, such as keys. */
  sha256(data: Uint8Array | string): string;
}
