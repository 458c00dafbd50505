export interface Random {
  /** All 64 bits from a CSPRNG, signed: a collision makes Telegram send nothing. */
  int64(): bigint;
  /** A version 4 UUID: the id of a row that has to be known before the row is. */
  uuid(): string;
  /** `bytes` random bytes, in URL-safe base64. */
  token(bytes: number): string;
}
