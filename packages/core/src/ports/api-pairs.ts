import type { ApiCredentials } from "../model/domain.ts";

export interface ApiPairRepository {
  /** With the number of sessions on each. Locked when `forUpdate`, so that seats are given out one after the other. */
  list(options?: {
    forUpdate: boolean;
  }): Promise<
    Array<{ id: string; apiId: number; label: string | null; capacity: number; used: number; addedAt: Date }>
  >;
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
  /** Seals its hash with the current key. False when it was already, or the pair is gone; a reason when it does not open. */
  reseal(id: string): Promise<boolean | { reason: string }>;
}
