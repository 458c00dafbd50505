import type { Account } from "./account.ts";
import type { Chat } from "./chat.ts";

/** Slow mode remembers each member's last message: https://core.telegram.org/api/channel#slow-mode */
export class SlowMode {
  private readonly lastSent = new Map<string, number>();

  /** Whole seconds still to wait, 0 when the member may send. */
  remaining(account: Account, chat: Chat, nowMs: number): number {
    const last = this.lastSent.get(`${account.id} ${chat.markedId}`);
    if (last === undefined || chat.slowMode === 0) return 0;
    return Math.max(0, Math.ceil((last + chat.slowMode * 1000 - nowMs) / 1000));
  }

  sent(account: Account, chat: Chat, nowMs: number): void {
    if (chat.slowMode > 0) this.lastSent.set(`${account.id} ${chat.markedId}`, nowMs);
  }
}
