export interface Hashes {
  /** A password as it is kept (argon2id). */
  password(password: string): Promise<string>;
  /** SHA-256 in hexadecimal: for what is random already, such as keys. */
  sha256(data: Uint8Array | string): string;
}
