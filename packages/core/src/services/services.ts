import type {
  ApiKeyDto,
  ApiPairAddInput,
  ApiPairDto,
  ApiPairUpdateInput,
  AuditListInput,
  AuditPageDto,
  BotConfigureInput,
  BotEvent,
  BothStepsInput,
  BotStartInput,
  BotStatusDto,
  ChangePasswordInput,
  ChatListDto,
  ChatUpdateInput,
  ForecastDto,
  GroupDto,
  GroupsAddedDto,
  HealthDto,
  LogEntryDto,
  LogInput,
  OverviewDto,
  RecoveryCodesDto,
  SessionDto,
  SessionRetryResultDto,
  SessionUploadResultDto,
  SignInDto,
  SignInEndOthersInput,
  SignInInput,
  SignInResult,
  SyncStateDto,
  TwoStepDto,
  TwoStepSecretDto,
  UnconfirmedDto,
  UserCreateInput,
  UserDto,
  UserUpdateInput,
  ViewerDto,
} from "@herald/contract";
import type { Actor, Identity, Person } from "../model/actor.ts";

/** A session file as it was sent: a Telethon `.session`, or a text with one session string. */
export interface UploadedFile {
  name: string;
  content: Uint8Array;
}

/**
 * What the API can ask of the domain. Every method answers in the contract's shapes or throws a HeraldError. What changes
 * anything takes who does it first, and keeps it in the audit; whose it is is said apart where it need not be the actor's own.
 */
export interface Services {
  bots: {
    /** Resumes the cycle that was cut off, else makes one; takes effect at once. Starting a running bot changes nothing. */
    start(actor: Person, input: BotStartInput): Promise<BotStatusDto>;
    /** When it answers, nothing of this user's bot is sent any more. */
    stop(actor: Actor, userId: string): Promise<BotStatusDto>;
    status(userId: string): Promise<BotStatusDto>;
    /** Null while what is due is confirmed. */
    unconfirmed(userId: string): Promise<UnconfirmedDto | null>;
    /** Takes effect with the next cycle. */
    configure(actor: Person, input: BotConfigureInput): Promise<BotStatusDto>;
    /** What the settings come to, with `draft` laid over them; null while there are no groups. */
    forecast(userId: string, draft: BotConfigureInput): Promise<ForecastDto | null>;
    log(userId: string, page: LogInput): Promise<LogEntryDto[]>;
    clearBreaker(actor: Actor, userId: string): Promise<BotStatusDto>;
  };
  groups: {
    list(userId: string): Promise<GroupDto[]>;
    add(actor: Person, lines: string[]): Promise<GroupsAddedDto>;
    remove(actor: Person, ids: string[]): Promise<{ removed: number }>;
    reactivate(actor: Person, ids: string[]): Promise<{ reactivated: number }>;
  };
  sync: { state(userId: string): Promise<SyncStateDto> };
  sessions: {
    list(): Promise<SessionDto[]>;
    /** Takes one session file into the pool, tried with Telegram once. */
    upload(actor: Actor, file: UploadedFile): Promise<SessionUploadResultDto>;
    /** Takes an unused or banned session out of the pool and deletes its file. */
    remove(actor: Actor, id: string): Promise<{ removed: true }>;
    /** Ends a rest that waits for an admin. */
    wake(actor: Actor, id: string): Promise<{ woken: true }>;
    /** Tries once more whether Telegram accepts a banned session, or one whose first trial did not end; if so it is unused. */
    retry(actor: Actor, id: string): Promise<SessionRetryResultDto>;
  };
  apiPairs: {
    list(): Promise<ApiPairDto[]>;
    add(actor: Actor, input: ApiPairAddInput): Promise<{ id: string }>;
    update(actor: Actor, input: ApiPairUpdateInput): Promise<{ id: string }>;
    remove(actor: Actor, id: string): Promise<{ removed: true }>;
  };
  chats: {
    list(): Promise<ChatListDto>;
    /**
     * Takes effect with the next claim, in every engine. An id that no chat is known by, while a supergroup is known whose
     * id is the same but for -100, is refused with that one (`chat_twin`) unless it is meant as it stands.
     */
    update(actor: Actor, input: ChatUpdateInput): Promise<ChatListDto>;
  };
  users: {
    viewer(userId: string): Promise<ViewerDto>;
    list(): Promise<UserDto[]>;
    create(actor: Actor, input: UserCreateInput): Promise<{ id: string }>;
    /**
     * Disabling a user stops their bot at once. That, another password and another role end the user's sign-ins, and another
     * role their API key.
     */
    update(actor: Actor, input: UserUpdateInput): Promise<{ id: string }>;
    /** One's own; `current` is counted, as at a sign-in. Ends their sign-ins but the one by which they ask. */
    changePassword(actor: Person, currentId: string, input: ChangePasswordInput): Promise<{ changed: true }>;
    setTimeZone(actor: Person, timeZone: string): Promise<ViewerDto>;
    /** A new key of the actor's own, in place of the one that there was. */
    createApiKey(actor: Person): Promise<ApiKeyDto>;
    revokeApiKey(actor: Person): Promise<{ revoked: true }>;
  };
  signIns: {
    /** Those of the user that go on: `currentId`, by which they ask, then the one that was seen last. */
    list(userId: string, currentId: string): Promise<SignInDto[]>;
    /** Ends one of the actor's own: cookies and streams with it. */
    end(actor: Person, id: string): Promise<{ ended: number }>;
    /** Signs the actor out everywhere else, programs with their API key as well where that is asked for. */
    endOthers(actor: Person, currentId: string, input: SignInEndOthersInput): Promise<{ ended: number }>;
  };
  access: {
    /**
     * Who is behind an API key, or a sign-in of that user; null when it does not hold (any more), or the user is disabled.
     */
    byApiKey(key: string): Promise<Identity | null>;
    bySignIn(userId: string, id: string): Promise<Identity | null>;
    /** Whether who was let in a while ago would be let in still, as what they were then: for what stays open. */
    holds(identity: Identity): Promise<boolean>;
  };
  signIn: {
    /** Whether these credentials are somebody's. Counted before they are looked at; see sign-in/throttle.ts. */
    check(input: SignInInput): Promise<SignInResult>;
  };
  /** The second step of one's own sign-in. What changes it takes the password, and counts how often; see sign-in/own-password.ts. */
  twoStep: {
    status(userId: string): Promise<TwoStepDto>;
    /** A new secret, which holds once a code of it was given. */
    begin(actor: Person, password: string): Promise<TwoStepSecretDto>;
    /** Turns it on. */
    confirm(actor: Person, code: string): Promise<RecoveryCodesDto>;
    renewCodes(actor: Person, steps: BothStepsInput): Promise<RecoveryCodesDto>;
    turnOff(actor: Person, steps: BothStepsInput): Promise<{ on: false }>;
    /** An admin's: for who has lost app and recovery codes. */
    reset(actor: Actor, userId: string): Promise<{ on: false }>;
  };
  audit: { list(page: AuditListInput): Promise<AuditPageDto> };
  overview(): Promise<OverviewDto>;
  health(): Promise<HealthDto>;
  events: {
    /**
     * What happens, as a dashboard hears it; `id` is where one that was cut off takes up. Nothing is missed, and the same can
     * come twice. Goes on while who listens would be let in still.
     * @throws HeraldError `unauthenticated` when they would not be any more
     */
    subscribe(
      identity: Identity,
      since: string | null,
      signal: AbortSignal,
    ): AsyncIterable<{ id: string; event: BotEvent }>;
  };
}
