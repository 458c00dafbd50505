import type { Identity, Services } from "@herald/core";

/** What every request carries, from its headers to its answer. */
export interface Context {
  services: Services;
  /** Who asks, by the request's credentials; null for who has not said so, or said it wrongly. Found out once a request. */
  identify(): Promise<Identity | null>;
  /** Whether the pages themselves ask, and nobody through them: see `isFromPages`. */
  isFromPages(): Promise<boolean>;
  /** Where a fault of ours is written down, with the request's id; the caller only sees `internal`. */
  fault(error: unknown): void;
}
