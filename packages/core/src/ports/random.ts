export interface Random {
  /** All 64 bits from a CSPRNG, signed: a collision makes Telegram send nothing. */
  int64(): bigint;
  /** `bytes` random bytes, in URL-safe base64. */
  token(bytes: number): string;
}
