import { authKeyId } from "../mtproto/crypto.ts";
import type { Account } from "./account.ts";
import type { AuthKey } from "./auth-key.ts";

/** Keys that nobody has logged in with; beyond this many, the oldest is forgotten. */
const MAX_UNCLAIMED = 50_000;

/** All authorization keys that the server has agreed on, by their id. */
export class KeyRing {
  private readonly byId = new Map<bigint, AuthKey>();
  private readonly unclaimed = new Set<AuthKey>();
  private readonly byAccount = new Map<Account, Set<AuthKey>>();

  add(key: AuthKey): void {
    this.byId.set(key.id, key);
    if (key.account) {
      this.authorize(key, key.account);
      return;
    }
    this.unclaimed.add(key);
    const [oldest] = this.unclaimed;
    if (oldest && this.unclaimed.size > MAX_UNCLAIMED) this.remove(oldest);
  }

  get(id: bigint): AuthKey | undefined {
    return this.byId.get(id);
  }

  find(key: Buffer): AuthKey | undefined {
    return this.byId.get(authKeyId(key));
  }

  remove(key: AuthKey): void {
    this.logOut(key);
    this.unclaimed.delete(key);
    this.byId.delete(key.id);
  }

  authorize(key: AuthKey, account: Account): void {
    this.logOut(key);
    this.unclaimed.delete(key);
    key.account = account;
    this.byAccount.set(account, (this.byAccount.get(account) ?? new Set<AuthKey>()).add(key));
  }

  logOut(key: AuthKey): void {
    if (key.account) this.byAccount.get(key.account)?.delete(key);
    key.account = undefined;
    key.passwordPendingFor = undefined;
  }

  of(account: Account): AuthKey[] {
    return [...(this.byAccount.get(account) ?? [])];
  }
}
