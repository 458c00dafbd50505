// The domain's records, as the services see them: no Prisma type, no DTO. Instants are Date, durations seconds, ids opaque
// strings, Telegram ids decimal strings, random_ids bigint (signed 64 bit).
import type {
  ApiKeyScope,
  BotStatus,
  CycleState,
  DeliveryState,
  ExecutionMode,
  GroupState,
  LogLevel,
  OutcomeKind,
  Plan,
  Post,
  Role,
  SessionPlace,
  StopReason,
} from "@herald/contract";
import type { Peer } from "./outcome.ts";

export interface User {
  id: string;
  email: string;
  name: string;
  role: Role;
  plan: Plan | null;
  disabled: boolean;
  /** IANA name: where their day begins */
  timeZone: string;
  createdAt: Date;
}

/** A person signed in on the pages, with one browser. */
export interface SignIn {
  id: string;
  userId: string;
  createdAt: Date;
  /** to within a minute */
  lastSeenAt: Date;
  /** however often it is used */
  expiresAt: Date;
  /** null: not before its time */
  endedAt: Date | null;
  /** what the browser said of itself, and where it came from when it began; null: it did not say */
  userAgent: string | null;
  address: string | null;
}

/** With which a program speaks for its user. The key itself is kept nowhere, and its hash never leaves the database. */
export interface ApiKey {
  id: string;
  userId: string;
  name: string;
  prefix: string;
  hint: string;
  scopes: ApiKeyScope[];
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

export interface Chat {
  /** marked Telegram id */
  id: string;
  title: string;
  cooldownSeconds: number | null;
  optedOut: boolean;
  /** how it is known that its owner wants no posts; null where nobody said, or it is not opted out */
  proof: string | null;
}

/** One a user for now. */
export interface Bot {
  id: string;
  userId: string;
  status: BotStatus;
  stopReason: StopReason | null;
  stopMessage: string | null;
  startedAt: Date | null;
  stoppedAt: Date | null;
  nextCycleAt: Date | null;
  post: (Post & { id: string }) | null;
  /** null: the plan decides */
  executionMode: ExecutionMode | null;
  totalCycleMinutes: number;
  delayBetweenPosts: number;
  delayBetweenCycles: number;
  /** how many sessions the bot wants; null: as many as the plan allows */
  sessionCount: number | null;
  /** spam-type deaths before this instant no longer count: set when an admin clears the breaker */
  breakerClearedAt: Date | null;
  breakerTrippedAt: Date | null;
  /** since when Telegram refuses the post itself; null again when it is changed */
  contentRefusedAt: Date | null;
  /** faults of Herald's own in this bot's cycles, one after the other */
  faults: number;
  /** after such a fault nobody takes its cycle before this */
  retryAt: Date | null;
}

export interface Group {
  id: string;
  botId: string;
  userId: string;
  reference: string;
  position: number;
  title: string | null;
  chatId: string | null;
  /** 0: the chat itself */
  topicId: number;
  state: GroupState;
  reason: string | null;
  code: string | null;
}

export interface Session {
  id: string;
  label: string;
  fileName: string;
  username: string | null;
  /** already masked: the full number is not stored */
  phoneMasked: string | null;
  telegramUserId: string | null;
  place: SessionPlace;
  userId: string | null;
  apiPairId: string | null;
  restingUntil: Date | null;
  /** Telegram answers no look-up of a name before; sends go on */
  lookupsWaitUntil: Date | null;
  needsAdmin: boolean;
  reason: string | null;
  code: string | null;
  addedAt: Date;
  bannedAt: Date | null;
  lastUsedAt: Date | null;
}

/** That a session must not be used, and why. */
export interface SessionRest {
  /** when it ends by itself; null: it does not */
  until: Date | null;
  /** only an admin ends it */
  needsAdmin: boolean;
  reason: string;
  /** Telegram's */
  code: string;
}

/** Never logged, never in a DTO. */
export interface ApiCredentials {
  apiId: number;
  apiHash: string;
}

/** The content of a session file, decrypted: what a client needs to take up the account. Never logged, never in a DTO. */
export interface SessionSecret {
  dcId: number;
  /** the address that the file named; null where the format has none */
  host: string | null;
  port: number | null;
  /** 256 bytes */
  authKey: Uint8Array;
}

export interface Cycle {
  id: string;
  botId: string;
  userId: string;
  number: number;
  state: CycleState;
  /** grows by one at each take-over: who holds an older number must not touch the cycle */
  epoch: number;
  executionMode: ExecutionMode;
  /** the post that it was made from; null once that is gone */
  postId: string | null;
  /** the copy that it posts */
  post: Post;
  delayBetweenPosts: number;
  /** start to start, STARTER only */
  totalCycleMinutes: number | null;
  startedAt: Date;
  endedAt: Date | null;
}

export interface Delivery {
  id: string;
  cycleId: string;
  sessionId: string;
  groupId: string;
  plannedAt: Date;
  randomId: bigint;
  state: DeliveryState;
  outcome: OutcomeKind | null;
  code: string | null;
  messageId: number | null;
  attempts: number;
  /** the first claim: from then on it may have reached Telegram */
  triedAt: Date | null;
}

/** What a lane needs to know of a group for one session. */
export interface LaneTarget {
  groupId: string;
  reference: string;
  /** as it is now, where the chat became another */
  chatId: string | null;
  /** 0: the chat itself; null: not known, because nobody has looked whether the chat has topics */
  topicId: number | null;
  /** the group's own row says so already */
  placed: boolean;
  peer: Peer | null;
}

export interface LogLine {
  botId: string;
  userId: string;
  level: LogLevel;
  text: string;
  code?: string | undefined;
  sessionId?: string | undefined;
  groupId?: string | undefined;
}
