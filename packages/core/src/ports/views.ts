import type {
  ApiPairDto,
  AuditListInput,
  AuditPageDto,
  BotEvent,
  BotStatusDto,
  ChatListDto,
  GroupDto,
  LogEntryDto,
  OverviewDto,
  SessionDto,
  SignInDto,
  SlotDto,
  SyncStateDto,
  UnconfirmedDto,
  UserDto,
  ViewerDto,
} from "@herald/contract";
import type { PoolFacts } from "../pool/session-state.ts";
import type { Change } from "./events.ts";

/** What a `progress` event carries. */
export type Progress = Omit<Extract<BotEvent, { type: "progress" }>, "type">;

/** A bot as it is read. */
export type BotReading = Omit<BotStatusDto, "hindrances" | "executionMode"> & {
  breakerTrippedAt: string | null;
  contentRefusedAt: string | null;
  own: PoolFacts["own"];
};

/** Queries that answer in the contract's shapes. They only read, and outside any transaction. */
export interface Views {
  viewer(userId: string): Promise<ViewerDto | null>;
  /** What is a judgement and no reading (`hindrances`, the mode that follows from the plan) is the services' to add. */
  bot(userId: string): Promise<BotReading>;
  groups(userId: string): Promise<GroupDto[]>;
  /** The slots of a cycle of the user's, by time. */
  slots(userId: string, cycleId: string): Promise<SlotDto[]>;
  /** Cycle and counters as they are, with these of its slots, by time, and these lines, newest first. */
  progress(userId: string, which: NonNullable<Change["progress"]>): Promise<Progress>;
  /** Newest first; `before` is a log id. */
  log(userId: string, page: { before: string | null; limit: number }): Promise<LogEntryDto[]>;
  /** What was settled on the day that it is at `now` in the user's time zone. */
  today(user: { id: string; timeZone: string }, now: Date): Promise<SyncStateDto["today"]>;
  audit(page: AuditListInput): Promise<AuditPageDto>;
  sessions(): Promise<SessionDto[]>;
  apiPairs(): Promise<ApiPairDto[]>;
  chats(): Promise<ChatListDto>;
  users(): Promise<UserDto[]>;
  /** The sign-ins of the user that go on at `now`, the one that was seen last first. */
  signIns(userId: string, now: Date): Promise<Array<Omit<SignInDto, "isCurrent">>>;
  /** Whose posts are due and not confirmed, all or one user's; the longest first. */
  unconfirmed(now: Date, userId?: string): Promise<Array<UnconfirmedDto & { userId: string }>>;
  overview(now: Date): Promise<OverviewDto>;
  /** What a start would find of the pool, besides the bot's own sessions, and of the groups' cool-downs (seconds, the largest). */
  start(userId: string): Promise<Omit<PoolFacts, "own"> & { longestCooldown: number }>;
}
