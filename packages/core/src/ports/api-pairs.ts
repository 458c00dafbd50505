import type { ApiCredentials } from "../model/domain.ts";

export interface ApiPair {
  id: string;
  apiId: number;
  label: string | null;
  /** how many sessions it may hold, and how many it holds */
  capacity: number;
  used: number;
  addedAt: Date;
}

export interface ApiPairRepository {
  /** The oldest first. Locked when `forUpdate`. */
  list(options?: { forUpdate: boolean }): Promise<ApiPair[]>;
  /**
   * The pairs to give `count` seats on, locked until the transaction ends: the least used that nobody else is giving seats
   * on just now, all of them where those have too few. The oldest first; where they have too few between them, that is all there are.
   */
  lockSeats(count: number): Promise<ApiPair[]>;
  /** Null when its hash was sealed with a key that this engine has not. */
  credentials(id: string): Promise<ApiCredentials | null>;
  add(pair: {
    apiId: number;
    apiHash: string;
    label: string | null;
    capacity: number;
  }): Promise<{ id: string } | "api_pair_known">;
  update(id: string, change: { label?: string; capacity?: number }): Promise<void>;
  remove(id: string): Promise<void>;
  /** Of each hash that does not open for want of a key the id of that key. */
  missingKeys(): Promise<string[]>;
  /** Seals its hash with the current key. False when it was already, or the pair is gone; a reason when it does not open. */
  reseal(id: string): Promise<boolean | { reason: string }>;
}
