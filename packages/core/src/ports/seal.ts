/**
 * What a sealed thing opens to: its bytes; or why it does not open, without any of the content or of a key. `missingKey`: the id
 * of the key that sealed it, which is not here; `unnamed` where it was sealed before keys had ids; null: it is damaged.
 */
export type Opened = { ok: true; plain: Uint8Array } | { ok: false; reason: string; missingKey: string | null };

/** Keeps bytes secret at rest, each bound to a context, so that one cannot stand in for another. */
export interface Seal {
  /** The ids of the keys that are here, the current one first. */
  readonly keyIds: readonly [string, ...string[]];
  /** Seals with the current key. */
  seal(context: string, plain: Uint8Array): Uint8Array<ArrayBuffer>;
  /** Opens what the current key or an old one sealed. */
  open(context: string, sealed: Uint8Array): Opened;
  /** Whether it was sealed with the current key, in the current layout: nothing is gained by sealing it anew. */
  isCurrent(sealed: Uint8Array): boolean;
}
