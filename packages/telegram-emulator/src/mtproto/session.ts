import type { AuthKey } from "../world/auth-key.ts";
import type { Connection } from "./connection.ts";

/** Kept for a client that did not confirm them, so that they can be sent again on its next connection. */
const OUTBOX_MESSAGES = 100;
const OUTBOX_BYTES = 1 << 20;
/** Request ids remembered, so that a repeated packet is not executed twice. */
const REMEMBERED_REQUESTS = 200;

export interface OutgoingMessage {
  readonly id: bigint;
  readonly sequence: number;
  readonly body: Buffer;
  /** Called when the client confirms the message. */
  readonly onAcknowledged?: () => void;
}

export interface SendOptions {
  readonly isAnswer: boolean;
  /** Content is confirmed by the client, and sent again when it is not. */
  readonly isContent: boolean;
  readonly onAcknowledged?: () => void;
}

/** A client's MTProto session: one auth key, a client-chosen id, its own sequence numbers. */
export class Session {
  readonly id: bigint;
  readonly key: AuthKey;
  connection: Connection | undefined;
  /** The client asked for the API without `invokeWithoutUpdates`, and so receives updates. */
  wantsUpdates = false;
  hasCalled = false;
  private contentSent = 0;
  private lastMessageId = 0n;
  private outboxBytes = 0;
  private readonly outbox = new Map<bigint, OutgoingMessage>();
  /** Request id → id of its answer, 0 while it runs. */
  private readonly requests = new Map<bigint, bigint>();

  private readonly running = new Map<bigint, Promise<void>>();

  constructor(id: bigint, key: AuthKey) {
    this.id = id;
    this.key = key;
  }

  /** A fresh message id: the server's time, and 1 (answers) or 3 in its low bits. */
  nextMessageId(nowMs: number, isAnswer: boolean): bigint {
    const seconds = Math.floor(nowMs / 1000);
    const fraction = Math.floor(((nowMs % 1000) / 1000) * 0x1_0000_0000);
    let id = (BigInt(seconds) << 32n) | (BigInt(fraction) & ~3n);
    if (id <= this.lastMessageId) id = this.lastMessageId + 4n;
    this.lastMessageId = id & ~3n;
    return this.lastMessageId | (isAnswer ? 1n : 3n);
  }

  /** The clock was moved back: ids may start lower again. */
  forgetMessageTime(): void {
    this.lastMessageId = 0n;
  }

  nextSequence(isContent: boolean): number {
    return isContent ? this.contentSent++ * 2 + 1 : this.contentSent * 2;
  }

  keep(message: OutgoingMessage): void {
    this.outbox.set(message.id, message);
    this.outboxBytes += message.body.length;
    for (const [id, oldest] of this.outbox) {
      if (this.outbox.size <= OUTBOX_MESSAGES && this.outboxBytes <= OUTBOX_BYTES) break;
      this.outbox.delete(id);
      this.outboxBytes -= oldest.body.length;
    }
  }

  acknowledge(id: bigint): void {
    const message = this.outbox.get(id);
    if (!message) return;
    this.outbox.delete(id);
    this.outboxBytes -= message.body.length;
    message.onAcknowledged?.();
  }

  unacknowledged(): OutgoingMessage[] {
    return [...this.outbox.values()];
  }

  outgoing(id: bigint): OutgoingMessage | undefined {
    return this.outbox.get(id);
  }

  /** Notes a request. @returns false when it was received before */
  begin(requestId: bigint): boolean {
    if (this.requests.has(requestId)) return false;
    this.requests.set(requestId, 0n);
    if (this.requests.size > REMEMBERED_REQUESTS) {
      const oldest = this.requests.keys().next().value as bigint;
      this.requests.delete(oldest);
    }
    return true;
  }

  /** A request that was not accepted may come again under its id. */
  forget(requestId: bigint): void {
    this.requests.delete(requestId);
  }

  answered(requestId: bigint, answerId: bigint): void {
    if (this.requests.has(requestId)) this.requests.set(requestId, answerId);
  }

  /** A request that is executed later; others may have to wait for it. */
  run(requestId: bigint, finished: Promise<void>): void {
    this.running.set(requestId, finished);
    void finished.then(() => this.running.delete(requestId));
  }

  /** Of these requests, those that are still to be executed. */
  unfinished(requestIds: readonly bigint[]): Promise<void>[] {
    return requestIds.map((id) => this.running.get(id)).filter((finished) => finished !== undefined);
  }

  answerOf(requestId: bigint): bigint | undefined {
    return this.requests.get(requestId);
  }
}
