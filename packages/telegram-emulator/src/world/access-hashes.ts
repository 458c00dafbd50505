import type { Account } from "./account.ts";
import type { Chat } from "./chat.ts";

/** Access hashes differ for each viewer, as Telegram's do: one account's hash is no use to another. */
export class AccessHashes {
  private readonly known = new Map<Account, Map<Account | Chat, bigint>>();
  private readonly make: (purpose: string, peer: Account | Chat) => bigint;
  private renewals = 0;

  constructor(make: (purpose: string, peer: Account | Chat) => bigint) {
    this.make = make;
  }

  of(viewer: Account, peer: Account | Chat): bigint {
    return this.known.get(viewer)?.get(peer) ?? this.set(viewer, peer, `access ${viewer.id}`);
  }

  /** From now on, what the viewer holds is of no use any more. */
  renew(viewer: Account, peer: Account | Chat): void {
    this.set(viewer, peer, `access ${viewer.id}, renewal ${++this.renewals}`);
  }

  private set(viewer: Account, peer: Account | Chat, purpose: string): bigint {
    const hashes = this.known.get(viewer) ?? new Map<Account | Chat, bigint>();
    this.known.set(viewer, hashes);
    const value = this.make(purpose, peer);
    hashes.set(peer, value);
    return value;
  }
}
