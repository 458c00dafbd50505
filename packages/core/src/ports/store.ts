import type { AuditEntry } from "../model/audit.ts";
import type { LogLine } from "../model/domain.ts";
import type { ApiKeyRepository } from "./api-keys.ts";
import type { ApiPairRepository } from "./api-pairs.ts";
import type { BotRepository } from "./bots.ts";
import type { ChatRepository } from "./chats.ts";
import type { CycleRepository } from "./cycles.ts";
import type { GroupRepository } from "./groups.ts";
import type { SessionChatRepository } from "./session-chats.ts";
import type { SessionRepository } from "./sessions.ts";
import type { SignInAttemptRepository } from "./sign-in-attempts.ts";
import type { SignInRepository } from "./sign-ins.ts";
import type { TwoStepRepository } from "./two-step.ts";
import type { UserRepository } from "./users.ts";

/** What stands in the queue: which cycle of which bot. The rows decide whether it still applies. */
export interface CycleJob {
  botId: string;
  /** whose bot it is */
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
  signIns: SignInRepository;
  apiKeys: ApiKeyRepository;
  signInAttempts: SignInAttemptRepository;
  twoStep: TwoStepRepository;
  bots: BotRepository;
  groups: GroupRepository;
  sessions: SessionRepository;
  sessionChats: SessionChatRepository;
  apiPairs: ApiPairRepository;
  cycles: CycleRepository;
  chats: ChatRepository;
  /** Keeps who did what to whom. Every act of a service writes one, in the transaction that carries it out. */
  audit(entry: AuditEntry): Promise<void>;
  /** Writes a line of the bot's log (and its event). The engine's file log follows from the same event. */
  log(line: LogLine): Promise<void>;
  /** Tells the user's dashboards that something other than progress changed. Sent once a transaction, at commit. */
  changed(userId: string, what: "bot" | "groups"): Promise<void>;
  /** Tells admins that the pool, users or pairs changed. */
  poolChanged(): Promise<void>;
  /** Puts the bot's cycle of that number on the queue, to begin at `startAt`. */
  enqueueCycle(job: CycleJob, startAt: Date): Promise<void>;
}
