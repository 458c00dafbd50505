import type { CycleJob } from "./store.ts";

/** A cycle that an engine runs, and the epoch that it took it with. */
export interface HeldCycle {
  cycleId: string;
  epoch: number;
}

/** What an engine has to know of the others, once a second. */
export interface Pulse {
  /** cycles that the asking engine runs and does not hold any more: stopped, or taken over while it was frozen */
  lost: string[];
  /** what is to be run and no working engine has: some hundreds at most, the rest next time */
  untaken: CycleJob[];
  untakenCount: number;
  /** cycles that working engines hold, the asking one's among them */
  running: number;
  /** engines that work, the asking one among them */
  engines: number;
}

export interface Engines {
  /** Says that this engine works, and asks what it has to know, in one round trip. Throws `database_unavailable`. */
  pulse(engineId: string, held: readonly HeldCycle[]): Promise<Pulse>;
}
