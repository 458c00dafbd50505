import type {
  ApiKeyDto,
  ApiPairAddInput,
  ApiPairDto,
  ApiPairUpdateInput,
  BotConfigureInput,
  BotStartInput,
  BotStatusDto,
  ChatListDto,
  ChatUpdateInput,
  ForecastDto,
  GroupDto,
  GroupsAddedDto,
  HealthDto,
  LogEntryDto,
  LogInput,
  OverviewDto,
  SessionDto,
  SessionsUploadInput,
  SessionUploadResultDto,
  SyncStateDto,
  UserCreateInput,
  UserDto,
  UserUpdateInput,
  ViewerDto,
} from "@herald/contract";
import type { User } from "../model/domain.ts";
import type { Events } from "../ports/index.ts";

/** What the API can ask of the domain. Every method answers in the contract's shapes or throws a HeraldError. */
export interface Services {
  bots: {
    /** Resumes the cycle that was cut off, else makes one; takes effect at once. Starting a running bot changes nothing. */
    start(userId: string, input: BotStartInput): Promise<BotStatusDto>;
    /** When it answers, nothing of this bot is sent any more. */
    stop(userId: string, by: "user" | "admin"): Promise<BotStatusDto>;
    status(userId: string): Promise<BotStatusDto>;
    /** Takes effect with the next cycle. */
    configure(userId: string, input: BotConfigureInput): Promise<BotStatusDto>;
    /** What the settings come to, with `draft` laid over them; null while there are no groups. */
    forecast(userId: string, draft: BotConfigureInput): Promise<ForecastDto | null>;
    log(userId: string, page: LogInput): Promise<LogEntryDto[]>;
    clearBreaker(userId: string): Promise<BotStatusDto>;
  };
  groups: {
    list(userId: string): Promise<GroupDto[]>;
    add(userId: string, lines: string[]): Promise<GroupsAddedDto>;
    remove(userId: string, ids: string[]): Promise<{ removed: number }>;
    reactivate(userId: string, ids: string[]): Promise<{ reactivated: number }>;
  };
  sync: { state(userId: string): Promise<SyncStateDto> };
  sessions: {
    list(): Promise<SessionDto[]>;
    upload(input: SessionsUploadInput): Promise<SessionUploadResultDto[]>;
    /** Takes an unused or banned session out of the pool and deletes its file. */
    remove(id: string): Promise<{ removed: true }>;
    /** Ends a rest that waits for an admin. */
    wake(id: string): Promise<{ woken: true }>;
  };
  apiPairs: {
    list(): Promise<ApiPairDto[]>;
    add(input: ApiPairAddInput): Promise<{ id: string }>;
    update(input: ApiPairUpdateInput): Promise<{ id: string }>;
    remove(id: string): Promise<{ removed: true }>;
  };
  chats: {
    list(): Promise<ChatListDto>;
    /** Takes effect with the next claim, in every engine. */
    update(input: ChatUpdateInput): Promise<ChatListDto>;
  };
  users: {
    viewer(userId: string): Promise<ViewerDto>;
    list(): Promise<UserDto[]>;
    create(input: UserCreateInput): Promise<{ id: string }>;
    update(input: UserUpdateInput): Promise<{ id: string }>;
    createApiKey(userId: string): Promise<ApiKeyDto>;
    revokeApiKey(userId: string): Promise<{ revoked: true }>;
    /** The user behind an API key or a signed token's subject; null when there is none or it is disabled. */
    byApiKey(key: string): Promise<User | null>;
    byId(id: string): Promise<User | null>;
  };
  overview(): Promise<OverviewDto>;
  health(): Promise<HealthDto>;
  events: Events;
}
