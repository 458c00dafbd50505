import type {
  ApiPairDto,
  BotStatusDto,
  ChatListDto,
  GroupDto,
  LogEntryDto,
  OverviewDto,
  SessionDto,
  SlotDto,
  SyncStateDto,
  UserDto,
  ViewerDto,
} from "@herald/contract";

/** Queries that answer in the contract's shapes. They only read, and outside any transaction. */
export interface Views {
  viewer(userId: string): Promise<ViewerDto | null>;
  /** `hindrances` are the services' to add: they are a judgement, not a reading. */
  bot(userId: string): Promise<Omit<BotStatusDto, "hindrances">>;
  groups(userId: string): Promise<GroupDto[]>;
  /** The slots of the bot's newest cycle, by time. */
  slots(userId: string): Promise<SlotDto[]>;
  /** Newest first; `before` is a log id. */
  log(userId: string, page: { before: string | null; limit: number }): Promise<LogEntryDto[]>;
  today(userId: string): Promise<SyncStateDto["today"]>;
  sessions(): Promise<SessionDto[]>;
  apiPairs(): Promise<ApiPairDto[]>;
  chats(): Promise<ChatListDto>;
  users(): Promise<UserDto[]>;
  overview(now: Date): Promise<OverviewDto>;
  /** The largest cool-down among the bot's chats, in seconds; the default for chats not resolved yet. */
  longestCooldown(userId: string): Promise<number>;
  /** How many sessions the bot would have after a start: its own that live, and unused ones up to what it wants. */
  startableSessions(userId: string, wanted: number): Promise<number>;
}
