import type { Clock, Leases } from "../ports/index.ts";

/** How long a lease lasts without renewal: a dead engine's sessions are free after this. */
const LEASE_TTL_MS = 10_000;
/** How often the held leases are renewed, all in one query. */
const LEASE_RENEWAL_MS = 3_000;
/** A holder stops this long before the lease ends, for what is already on its way to the socket. */
const LEASE_MARGIN_MS = 1_000;

export interface SessionLease {
  readonly sessionId: string;
  readonly fence: bigint;
  /**
   * Whether the key may be used at this instant. Judged by the monotonic clock, so a process that was paused knows at once.
   * Once false it stays false: what was connected under this lease may have been cut off meanwhile, and another engine may
   * have come and gone. Who wants to go on releases it and acquires anew, under a new fence.
   */
  held(): boolean;
  release(): Promise<void>;
}

/** Keeps this engine's leases alive while they are in use. One for an engine. */
export class SessionLeases {
  readonly #leases: Leases;
  readonly #clock: Clock;
  readonly #engineId: string;
  readonly #held = new Map<string, { fence: bigint; validUntil: number }>();
  /** from the asking for a lease to its release, whether it is still valid or not */
  readonly #inUse = new Set<string>();
  /** the pause before the next renewal, while the loop runs */
  #pause: AbortController | null = null;

  constructor(leases: Leases, clock: Clock, engineId: string) {
    this.#leases = leases;
    this.#clock = clock;
    this.#engineId = engineId;
  }

  get size(): number {
    return this.#held.size;
  }

  /**
   * Takes the lease, or null while another engine's is valid or somebody in this engine has not released theirs: PostgreSQL
   * gives an engine its own lease anew at any time. Throws `database_unavailable`.
   */
  async acquire(sessionId: string): Promise<SessionLease | null> {
    if (this.#inUse.has(sessionId)) return null;
    this.#inUse.add(sessionId);
    try {
      const lease = await this.#take(sessionId);
      if (lease === null) this.#inUse.delete(sessionId);
      return lease;
    } catch (error) {
      this.#inUse.delete(sessionId);
      throw error;
    }
  }

  async #take(sessionId: string): Promise<SessionLease | null> {
    const asked = this.#clock.monotonic();
    const fence = await this.#leases.acquire(sessionId, this.#engineId, LEASE_TTL_MS);
    if (fence === null) return null;
    const state = { fence, validUntil: asked + LEASE_TTL_MS - LEASE_MARGIN_MS };
    this.#held.set(sessionId, state);
    if (this.#pause === null) void this.#renewWhileHeld();
    return {
      sessionId,
      fence,
      held: () => this.#held.get(sessionId) === state && this.#clock.monotonic() < state.validUntil,
      release: async () => {
        this.#held.delete(sessionId);
        if (this.#held.size === 0) this.#pause?.abort();
        // when the database is away the lease just runs out
        await this.#leases.release(this.#engineId, sessionId, fence).catch(() => undefined);
        this.#inUse.delete(sessionId);
      },
    };
  }

  async #renewWhileHeld(): Promise<void> {
    while (this.#held.size > 0) {
      this.#pause = new AbortController();
      await this.#clock.sleep(LEASE_RENEWAL_MS, this.#pause.signal);
      this.#dropLapsed();
      if (this.#held.size === 0) break;
      const asked = this.#clock.monotonic();
      const states = new Map(this.#held);
      try {
        const kept = await this.#leases.renew(
          this.#engineId,
          [...states].map(([sessionId, { fence }]) => ({ sessionId, fence })),
          LEASE_TTL_MS,
        );
        // the answer may have come too late, however PostgreSQL sees it
        this.#dropLapsed();
        for (const [sessionId, state] of states) {
          if (this.#held.get(sessionId) !== state) continue;
          if (kept.has(sessionId)) state.validUntil = asked + LEASE_TTL_MS - LEASE_MARGIN_MS;
          else this.#held.delete(sessionId);
        }
      } catch {
        // not renewed: each lease ends by itself at its own time, and held() says so
      }
    }
    this.#pause = null;
  }

  /** Those whose time has run out are lost, for whoever holds them. */
  #dropLapsed(): void {
    const now = this.#clock.monotonic();
    for (const [sessionId, { validUntil }] of this.#held) if (now >= validUntil) this.#held.delete(sessionId);
  }
}
