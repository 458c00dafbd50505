import type { CycleCountsDto, ExecutionMode, OutcomeKind, Post } from "@herald/contract";
import type { Cycle, Delivery } from "../model/domain.ts";

export interface CycleRepository {
  /** The bot's cycle that is running or open, if there is one. */
  current(botId: string): Promise<Cycle | null>;
  find(id: string): Promise<Cycle | null>;
  /** The number of the bot's newest cycle; 0 before the first. */
  lastNumber(botId: string): Promise<number>;
  /** Makes a cycle with its deliveries (state planned), number one higher than the last. */
  create(cycle: {
    botId: string;
    userId: string;
    executionMode: ExecutionMode;
    postId: string | null;
    post: Post;
    delayBetweenPosts: number;
    totalCycleMinutes: number | null;
    startedAt: Date;
    slots: Array<{ sessionId: string; groupId: string; plannedAt: Date; randomId: bigint }>;
  }): Promise<Cycle>;
  /**
   * Makes it this engine's: state running, epoch + 1. Null when it is finished or closed, its bot is not running, or another
   * engine that works has it.
   */
  take(id: string, engineId: string): Promise<Cycle | null>;
  /** True when no engine works on it: `released` was called for its newest epoch, or the engine that held it is dead. */
  isReleased(id: string): Promise<boolean>;
  /** Ends this engine's hold; `state` open when deliveries are left. Does nothing when `epoch` is not the newest. */
  release(id: string, epoch: number, state: "open" | "finished", at: Date): Promise<void>;
  /** Ends this engine's hold of a cycle that is to go on: it stays running, for whoever takes it. Nothing when `epoch` is not the newest. */
  handBack(id: string, epoch: number): Promise<void>;
  /** {@link handBack} for all that the engine holds. */
  handBackAll(engineId: string): Promise<void>;
  /** Opens again what a stop cut off: state running and nobody's, so that a job can take it. */
  reopen(id: string): Promise<void>;
  /** Gives up what is open: planned → skipped, sending → failed `unknown`. */
  close(id: string, reason: OutcomeKind, at: Date): Promise<void>;
  openDeliveries(cycleId: string): Promise<Delivery[]>;
  /** Moves planned times, by delivery id. */
  reschedule(times: Array<{ id: string; plannedAt: Date }>): Promise<void>;
  /** Makes open deliveries final without another try: planned → skipped; sending → failed `unknown`, for it may have arrived. */
  skip(ids: string[], outcome: OutcomeKind, at: Date): Promise<void>;
  /** Gives planned deliveries to other sessions, at other times. */
  reassign(moved: ReadonlyArray<{ deliveryId: string; sessionId: string; plannedAt: Date }>): Promise<void>;
  /** How many deliveries ended in each way, the most frequent first. */
  outcomes(cycleId: string): Promise<Array<{ outcome: OutcomeKind; count: number }>>;
  /** Says of a cycle why it posted nothing. */
  note(cycleId: string, note: string): Promise<void>;
  counts(cycleId: string): Promise<CycleCountsDto>;
}
