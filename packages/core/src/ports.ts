// What the domain needs from outside. Adapters: packages/db (Store, Ledger, Leases), packages/telegram (Gateway,
// SessionFiles, SessionReader), apps/engine (Clock, Random, queue behind Transaction.enqueueCycle).
import type {
  ApiPairDto,
  BotEvent,
  BotStatusDto,
  ChatListDto,
  CycleCountsDto,
  ExecutionMode,
  GroupDto,
  LogEntryDto,
  OutcomeKind,
  OverviewDto,
  Plan,
  Post,
  Role,
  SessionDto,
  SessionPlace,
  SlotDto,
  SyncStateDto,
  UserDto,
  ViewerDto,
} from "@herald/contract";
import type {
  ApiCredentials,
  Bot,
  Cycle,
  Delivery,
  Group,
  LaneTarget,
  LogLine,
  Session,
  SessionSecret,
  User,
} from "./domain.ts";
import type { Account, Outcome, Peer, Refusal, Resolution } from "./outcome.ts";

export interface Clock {
  now(): Date;
  /** Monotonic milliseconds: goes on while the process is paused, never jumps back. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` aborts: the caller looks at the signal. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface Random {
  /** All 64 bits from a CSPRNG, signed: a collision makes Telegram send nothing. */
  int64(): bigint;
  /** `bytes` random bytes, in URL-safe base64. */
  token(bytes: number): string;
}

export interface Hashes {
  /** A password as it is kept (argon2id). */
  password(password: string): Promise<string>;
  /** SHA-256 in hexadecimal: for what is random already, such as keys. */
  sha256(data: Uint8Array | string): string;
}

// ── Telegram ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Opens clients of Telegram accounts. */
export interface Gateway {
  /**
   * Connects and proves the key with one request. `mayUse` is asked before every write to the socket: once it answers
   * false, the socket is cut and every call comes to `unknown`. An abort of `signal` cuts the connection likewise.
   */
  connect(
    account: { secret: SessionSecret; api: ApiCredentials },
    options: { signal: AbortSignal; mayUse: () => boolean },
  ): Promise<{ kind: "connected"; client: TelegramClient } | Refusal>;
}

/** One connected account. One send at a time. Every call has a deadline and returns; none throws for what Telegram says. */
export interface TelegramClient {
  me(): Promise<{ kind: "me"; account: Account } | Refusal>;
  /** Finds a chat by its canonical reference (`@name`, `-100…`, `+hash`; a topic suffix is ignored). Costly: keep the peer. */
  resolve(reference: string): Promise<Resolution>;
  forward(send: {
    from: Peer;
    messageId: number;
    to: Peer;
    topicId: number | undefined;
    randomId: bigint;
  }): Promise<Outcome>;
  sendText(send: { text: string; to: Peer; topicId: number | undefined; randomId: bigint }): Promise<Outcome>;
  /** Ends the connection for good; nothing is written after it resolves. Idempotent. */
  close(): Promise<void>;
}

/** Reads what an admin uploads: tells the format by content, never by the file's name. */
export interface SessionReader {
  read(file: {
    name: string;
    content: Uint8Array;
  }): { ok: true; format: string; secret: SessionSecret } | { ok: false; reason: string };
}

/** Encrypts what a session file holds. */
export interface SessionSeal {
  seal(sessionId: string, secret: SessionSecret): Uint8Array;
  /** Throws when it was sealed for another session or with another key, or is damaged. */
  open(sessionId: string, sealed: Uint8Array): SessionSecret;
}

/**
 * The encrypted session files: sessions/unused, sessions/assigned/<user id>, sessions/banned; or rows of the database, for
 * engines that share no folder.
 */
export interface SessionFiles {
  put(sessionId: string, secret: SessionSecret): Promise<void>;
  /** Throws when the file is missing or does not decrypt: both are faults of the set-up. */
  read(sessionId: string): Promise<SessionSecret>;
  /** Moves the file to the folder of its place. Idempotent; the database row is the truth, the folder follows it. */
  move(sessionId: string, place: SessionPlace, userId: string | null): Promise<void>;
  remove(sessionId: string): Promise<void>;
}

// ── The store ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** What stands in the queue: which cycle of whom. The rows decide whether it still applies. */
export interface CycleJob {
  userId: string;
  number: number;
}

/**
 * Everything durable. While PostgreSQL cannot be reached, every call of the store and the views throws a HeraldError
 * `database_unavailable`, having changed nothing. `transaction` is all or nothing; events and jobs written in it leave with its commit. */
export interface Store {
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

/** What a transaction can do. Services read and write through it alone. */
export interface Transaction {
  users: UserRepository;
  bots: BotRepository;
  groups: GroupRepository;
  sessions: SessionRepository;
  apiPairs: ApiPairRepository;
  cycles: CycleRepository;
  chats: ChatRepository;
  /** Writes a line of the bot's log (and its event). The engine's file log follows from the same event. */
  log(line: LogLine): Promise<void>;
  /** Tells the user's dashboards that something other than progress changed. Sent once a transaction, at commit. */
  changed(userId: string, what: "bot" | "groups"): Promise<void>;
  /** Tells admins that the pool, users or pairs changed. */
  poolChanged(): Promise<void>;
  /** Puts the user's cycle of that number on the queue, to begin at `startAt`. */
  enqueueCycle(job: CycleJob, startAt: Date): Promise<void>;
}

export interface UserRepository {
  find(id: string): Promise<User | null>;
  list(): Promise<User[]>;
  create(user: {
    email: string;
    name: string;
    passwordHash: string;
    role: Role;
    plan: Plan | null;
  }): Promise<User | "email_taken">;
  update(
    id: string,
    change: { name?: string; passwordHash?: string; plan?: Plan | null; disabled?: boolean },
  ): Promise<void>;
  findByApiKeyHash(hash: string): Promise<User | null>;
  setApiKey(id: string, key: { hash: string; hint: string } | null): Promise<void>;
  countAdmins(): Promise<number>;
}

export interface BotRepository {
  /** Locks the row for the rest of the transaction: starts and stops of one bot come one after the other. Made when missing. */
  lock(userId: string): Promise<Bot>;
  /** Reads without a lock. Made when missing. */
  find(userId: string): Promise<Bot>;
  update(userId: string, change: Partial<Omit<Bot, "userId">>): Promise<void>;
  running(): Promise<Bot[]>;
}

export interface GroupRepository {
  list(userId: string): Promise<Group[]>;
  /** Adds those not yet there, in the given order after the present ones; returns the added. */
  add(userId: string, references: string[]): Promise<Group[]>;
  /** Returns how many there were. Open deliveries to them are skipped (`bot_changed`). */
  remove(userId: string, ids: string[]): Promise<number>;
  /** Takes what a resolve found out: title and chat id, and makes the chat's row. */
  resolved(groupId: string, chat: { chatId: string; title: string }): Promise<void>;
  retire(groupId: string, why: { reason: string; code: string }): Promise<void>;
  reactivate(userId: string, ids: string[]): Promise<number>;
}

export interface SessionRepository {
  find(id: string): Promise<Session | null>;
  list(): Promise<Session[]>;
  ofUser(userId: string): Promise<Session[]>;
  /** `fingerprint` is a SHA-256 of the auth key: the same key twice is refused. */
  add(session: {
    label: string;
    fileName: string;
    username: string | null;
    phoneMasked: string | null;
    telegramUserId: string | null;
    fingerprint: string;
  }): Promise<Session | "session_known">;
  /** Whether a session with this key is in the pool. */
  isKnown(fingerprint: string): Promise<boolean>;
  remove(id: string): Promise<void>;
  /** Takes up to `count` unused sessions that do not rest, longest rested first, skipping rows that others hold. */
  takeUnused(userId: string, count: number): Promise<Session[]>;
  /** Gives the session to nobody again: place unused, no user, no pair. */
  release(id: string): Promise<void>;
  /** Seats sessions on API pairs, all at once. */
  seat(seats: Array<{ sessionId: string; apiPairId: string }>): Promise<void>;
  rest(
    id: string,
    rest: { until: Date | null; needsAdmin: boolean; reason: string; code: string } | null,
  ): Promise<void>;
  ban(id: string, why: { at: Date; cause: "spam" | "lost"; reason: string; code: string }): Promise<void>;
  identify(
    id: string,
    account: { label: string; username: string | null; phoneMasked: string | null; telegramUserId: string },
  ): Promise<void>;
  /** Spam-type deaths of the user's sessions after `since`. */
  countSpamDeaths(userId: string, since: Date): Promise<number>;
  /** Peers that the session knows already, by reference. */
  peers(sessionId: string, references: string[]): Promise<Map<string, Peer>>;
  savePeer(sessionId: string, reference: string, peer: Peer): Promise<void>;
  /** Pairs (session, group) that may not be tried: retired for good, or held until a time. */
  pairs(
    sessionIds: string[],
  ): Promise<Array<{ sessionId: string; groupId: string; retired: boolean; waitUntil: Date | null }>>;
  /** Lets the pairs of the session that were retired for `code` be tried again. */
  reopenPairs(sessionId: string, code: string): Promise<void>;
  setPair(
    pair: { sessionId: string; groupId: string },
    to: { retired: true; reason: string; code: string } | { retired: false; waitUntil: Date; code: string },
  ): Promise<void>;
  /** Distinct groups that refused the session with `code` after `since`. */
  countRefusingGroups(sessionId: string, code: string, since: Date): Promise<number>;
}

export interface ApiPairRepository {
  /** With the number of sessions on each. Locked when `forUpdate`, so that seats are given out one after the other. */
  list(options?: {
    forUpdate: boolean;
  }): Promise<
    Array<{ id: string; apiId: number; label: string | null; capacity: number; used: number; addedAt: Date }>
  >;
  /** Null when its hash was encrypted with another key than this engine has. */
  credentials(id: string): Promise<ApiCredentials | null>;
  add(pair: {
    apiId: number;
    apiHash: string;
    label: string | null;
    capacity: number;
  }): Promise<{ id: string } | "api_pair_known">;
  update(id: string, change: { label?: string; capacity?: number }): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface CycleRepository {
  /** The bot's cycle that is running or open, if there is one. */
  current(userId: string): Promise<Cycle | null>;
  find(id: string): Promise<Cycle | null>;
  /** The number of the bot's newest cycle; 0 before the first. */
  lastNumber(userId: string): Promise<number>;
  /** Makes a cycle with its deliveries (state planned), number one higher than the last. */
  create(cycle: {
    userId: string;
    executionMode: ExecutionMode;
    post: Post;
    delayBetweenPosts: number;
    totalCycleMinutes: number | null;
    startedAt: Date;
    slots: Array<{ sessionId: string; groupId: string; plannedAt: Date; randomId: bigint }>;
  }): Promise<Cycle>;
  /** Makes it this engine's: state running, epoch + 1. Null when it is finished or closed or its bot is not running. */
  take(id: string, engineId: string): Promise<Cycle | null>;
  /** True when no engine works on it: `released` was called for its newest epoch, or the engine that held it is dead. */
  isReleased(id: string): Promise<boolean>;
  /** Ends this engine's hold; `state` open when deliveries are left. Does nothing when `epoch` is not the newest. */
  release(id: string, epoch: number, state: "open" | "finished", at: Date): Promise<boolean>;
  /** Opens again what a stop cut off: state running, so that a job can take it. */
  reopen(id: string): Promise<void>;
  /** Gives up what is open: planned → skipped, sending → failed `unknown`. */
  close(id: string, reason: OutcomeKind, at: Date): Promise<void>;
  openDeliveries(cycleId: string): Promise<Delivery[]>;
  /** Moves planned times, by delivery id. */
  reschedule(times: Array<{ id: string; plannedAt: Date }>): Promise<void>;
  /** Makes open deliveries final without another try: planned → skipped; sending → failed `unknown`, for it may have arrived. */
  skip(ids: string[], outcome: OutcomeKind, code: string | null, at: Date): Promise<void>;
  counts(cycleId: string): Promise<CycleCountsDto>;
  /** References, chat ids and known peers of these groups for one session. */
  targets(sessionId: string, groupIds: string[]): Promise<Map<string, LaneTarget>>;
}

export interface ChatRepository {
  /** Changes a chat, or makes its row when there is none. Claims see it from the commit on. */
  update(id: string, change: { cooldownSeconds?: number | null; optedOut?: boolean }): Promise<void>;
}

// ── The hot path ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Who asks: the engine's hold on the cycle and on the session, both with their fencing numbers. */
export interface Hold {
  cycleId: string;
  epoch: number;
  sessionId: string;
  fence: bigint;
}

export type Claim =
  /** Committed: state `sending`. Send now. */
  | { kind: "go" }
  /** Not before `until`: the chat cools down after another post, or the session or pair rests. */
  | { kind: "wait"; until: Date; why: "cooldown" | "session_resting" | "slow_mode" }
  /** Final, already recorded as skipped: the chat opted out, the group or the pair is retired. */
  | { kind: "skip"; why: "opted_out" | "group_retired" }
  /** Already final (an earlier holder settled it). */
  | { kind: "settled" }
  /** The bot is stopped, or cycle or session belong to someone else now: the lane ends, writing nothing. */
  | { kind: "lost" };

export interface Settlement {
  hold: Hold;
  deliveryId: string;
  /** `sending` again: it stays open (a wait, or no answer yet) and is tried again later */
  state: "sent" | "failed" | "planned" | "sending";
  /** null: nothing came of it (a stop came between claim and send) */
  outcome: OutcomeKind | null;
  code: string | null;
  messageId: number | null;
  at: Date;
  /** when the slot is to be tried again, for the timeline; null when final */
  waitUntil: Date | null;
  log: Omit<LogLine, "userId"> | null;
}

/**
 * The ledger: the durable word before and after each send. Calls of all lanes that come within a few milliseconds are one
 * transaction; settlements are written before the claims that came after them.
 */
export interface Ledger {
  /** Resolves once the claim is committed. While PostgreSQL is away it waits, and rejects only when `signal` aborts. */
  claim(claim: { hold: Hold; deliveryId: string; chatId: string }, signal: AbortSignal): Promise<Claim>;
  /** Takes it at once; it is committed with the next flush, and again and again until it is. Idempotent per delivery. */
  settle(settlement: Settlement): void;
  /** Resolves when everything taken so far is committed. */
  flush(): Promise<void>;
}

export interface Leases {
  /** The session's lease for this engine, or null while another engine's is valid. Fences only grow. */
  acquire(sessionId: string, engineId: string, ttlMs: number): Promise<bigint | null>;
  /** Renews all at once; answers with those still held. */
  renew(engineId: string, held: Array<{ sessionId: string; fence: bigint }>, ttlMs: number): Promise<Set<string>>;
  release(engineId: string, sessionId: string, fence: bigint): Promise<void>;
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

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

/** What happened, as dashboards hear it, whichever engine it happened in. */
export interface Events {
  /** Calls `listener` for every change of a bot, in whichever engine it happened. Returns what ends it. */
  onBotChanged(listener: (userId: string) => void): () => void;
  /** The newest event id there is, for {@link SyncStateDto.eventId}. */
  newest(): Promise<string>;
  /**
   * Subscribes, sends what came after `since` (when given), then streams until `signal` aborts. Nothing is missed between
   * the two; the same change can come twice. Admins also hear `pool`.
   */
  subscribe(
    listener: { userId: string; role: Role },
    since: string | null,
    signal: AbortSignal,
  ): AsyncIterable<{ id: string; event: BotEvent }>;
}
