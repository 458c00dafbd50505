import { EventEmitter } from "node:events";

/** One message that came to stand in a chat through a client's request. */
export interface Delivery {
  /** Counts from 1, without gaps. */
  readonly seq: number;
  readonly accountId: number;
  /** Marked id, such as -100…. */
  readonly chatId: number;
  readonly messageId: number;
  /** Signed decimal. */
  readonly randomId: string;
  /** What was forwarded; absent for a text. */
  readonly source?: { readonly chatId: number; readonly messageId: number };
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly connectionId: number;
}

/** A wait that the server asked for. */
export interface Wait {
  readonly kind: "flood" | "slowMode";
  readonly accountId: number;
  /** The chat for slow mode; a flood wait holds for the method everywhere. */
  readonly chatId: number | undefined;
  readonly method: string;
  readonly seconds: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly until: number;
  readonly connectionId: number;
  /** The client has confirmed that it received the error. */
  acknowledged: boolean;
}

/** A send that arrived although its account was told to wait. */
export interface EarlySend {
  readonly wait: Wait;
  readonly method: string;
  readonly accountId: number;
  readonly chatId: number | undefined;
  readonly randomIds: readonly string[];
  readonly at: number;
  readonly connectionId: number;
}

export interface DeliveryFilter {
  readonly accountId?: number | undefined;
  readonly chatId?: number | undefined;
  readonly randomId?: string | undefined;
  /** Entries after this one. */
  readonly afterSeq?: number | undefined;
}

/** What was posted, in order, for good: the truth against which clients are checked. */
export class DeliveryRecord extends EventEmitter<{ delivery: [Delivery]; wait: [Wait]; earlySend: [EarlySend] }> {
  private readonly deliveries: Delivery[] = [];
  private readonly waits: Wait[] = [];
  private readonly early: EarlySend[] = [];

  constructor() {
    super();
    this.setMaxListeners(0);
  }

  add(delivery: Omit<Delivery, "seq">): void {
    const entry: Delivery = { seq: this.deliveries.length + 1, ...delivery };
    this.deliveries.push(entry);
    this.emit("delivery", entry);
  }

  entries(filter: DeliveryFilter = {}): Delivery[] {
    const from = filter.afterSeq ?? 0;
    return this.deliveries
      .slice(from)
      .filter(
        (entry) =>
          (filter.accountId === undefined || entry.accountId === filter.accountId) &&
          (filter.chatId === undefined || entry.chatId === filter.chatId) &&
          (filter.randomId === undefined || entry.randomId === filter.randomId),
      );
  }

  get size(): number {
    return this.deliveries.length;
  }

  /**
   * Resolves with the record's entries as soon as they fulfil the predicate.
   * @throws Error when that takes longer than `timeoutMs` (@default 10 000)
   */
  waitFor(
    predicate: (entries: readonly Delivery[]) => boolean,
    options: { timeoutMs?: number } = {},
  ): Promise<Delivery[]> {
    if (predicate(this.deliveries)) return Promise.resolve([...this.deliveries]);
    const timeoutMs = options.timeoutMs ?? 10_000;
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!predicate(this.deliveries)) return;
        finish();
        resolve([...this.deliveries]);
      };
      const timer = setTimeout(() => {
        finish();
        reject(
          new Error(
            `the record did not come to fulfil the condition within ${timeoutMs} ms; it has ${this.size} entries`,
          ),
        );
      }, timeoutMs);
      const finish = () => {
        clearTimeout(timer);
        this.off("delivery", check);
      };
      this.on("delivery", check);
    });
  }

  /** Waits that the server has asked for. */
  issuedWaits(): readonly Wait[] {
    return this.waits;
  }

  /** Sends that arrived inside a wait. */
  earlySends(): readonly EarlySend[] {
    return this.early;
  }

  addWait(wait: Wait): void {
    this.waits.push(wait);
    this.emit("wait", wait);
  }

  /** Notes a send attempt, in case a wait covers it. @returns whether one does */
  noteSend(attempt: Omit<EarlySend, "wait">): boolean {
    for (let index = this.waits.length - 1; index >= 0; index--) {
      const wait = this.waits[index] as Wait;
      if (wait.accountId !== attempt.accountId || wait.until <= attempt.at) continue;
      const covers = wait.kind === "flood" ? wait.method === attempt.method : wait.chatId === attempt.chatId;
      if (!covers) continue;
      const entry: EarlySend = { wait, ...attempt };
      this.early.push(entry);
      this.emit("earlySend", entry);
      return true;
    }
    return false;
  }
}
