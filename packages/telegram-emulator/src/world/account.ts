import { AuthKey, deterministicAuthKey } from "./auth-key.ts";
import type { Chat } from "./chat.ts";
import type { Message } from "./message.ts";
import { makeVerifier, type Verifier } from "./srp.ts";
import { UpdateBox } from "./update-box.ts";
import type { World } from "./world.ts";

export interface AccountOptions {
  /** @default the next free number from 7000000001 */
  readonly id?: number | undefined;
  /** Digits with the country code, with or without a plus sign. */
  readonly phone: string;
  /** @default "User <id>" */
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  /** Without the @. */
  readonly username?: string | undefined;
  /** The password of two-step verification. */
  readonly twoFa?: string | undefined;
  /** The code that logins of this account get. @default "12345" */
  readonly loginCode?: string | undefined;
  /** The account's home data centre. @default the emulator's first */
  readonly dc?: number | undefined;
}

/** Restrictions of an account as a whole. A limited account is refused by groups, and reads on. */
export type AccountStatus = "active" | "banned" | "deactivated" | "frozen";
export type AccountLimit = "PEER_FLOOD" | "USER_BANNED_IN_CHANNEL";

export class Account {
  readonly world: World;
  readonly id: number;
  readonly phone: string;
  readonly firstName: string;
  readonly lastName: string | undefined;
  /** Changed by `world.rename()`. */
  username: string | undefined;
  twoFa: string | undefined;
  loginCode: string;
  readonly dc: number;
  status: AccountStatus = "active";
  private limited: { readonly error: AccountLimit; readonly until: number } | undefined;
  /** Chats that the account is a member of. */
  readonly chats = new Set<Chat>();
  /** Messages of private chats and basic groups, which count on one pts an account. */
  readonly box = new UpdateBox<Message>();
  private verifier: { readonly password: string; readonly verifier: Verifier } | undefined;

  /** @internal use `world.account()` */
  constructor(world: World, options: AccountOptions & { id: number; dc: number }) {
    this.world = world;
    this.id = options.id;
    this.phone = options.phone.replace(/\D/g, "");
    this.firstName = options.firstName ?? `User ${options.id}`;
    this.lastName = options.lastName;
    this.username = options.username;
    this.twoFa = options.twoFa;
    this.loginCode = options.loginCode ?? "12345";
    this.dc = options.dc;
  }

  /** What the server keeps of the 2FA password, if the account has one. */
  passwordVerifier(): Verifier | undefined {
    if (this.twoFa === undefined) return undefined;
    if (this.verifier?.password !== this.twoFa) {
      this.verifier = { password: this.twoFa, verifier: makeVerifier(this.twoFa) };
    }
    return this.verifier.verifier;
  }

  /** The n-th auth key of this account, 256 bytes: registered with the server, and the same in every run of one seed. */
  authKey(n = 0): Buffer {
    const key = deterministicAuthKey(this.world.seed, this.id, n);
    const known = this.world.keys.find(key);
    if (!known) this.world.keys.add(new AuthKey({ key, dc: this.dc, salt: key.readBigInt64LE(0), account: this }));
    return key;
  }

  /** Every key of the account answers 401 USER_DEACTIVATED_BAN from now on, and its phone can't log in. */
  ban(): void {
    this.status = "banned";
  }

  /** As if the account's owner had deleted it: 401 USER_DEACTIVATED. */
  deactivate(): void {
    this.status = "deactivated";
  }

  /** Reads go on, everything that writes answers 420 FROZEN_METHOD_INVALID. */
  freeze(): void {
    this.status = "frozen";
  }

  /** Ends a ban, a freeze and a limit. */
  restore(): void {
    this.status = "active";
    this.limited = undefined;
  }

  /** Sends to groups are refused with this error, as for accounts that were reported for spam. `forMs` @default for good */
  limit(error: AccountLimit, forMs = Number.POSITIVE_INFINITY): void {
    this.limited = { error, until: this.world.now() + forMs };
  }

  get limitError(): AccountLimit | undefined {
    return this.limited && this.limited.until > this.world.now() ? this.limited.error : undefined;
  }

  /** The keys that are authorised for this account. */
  get keys(): AuthKey[] {
    return this.world.keys.of(this);
  }

  /**
   * Ends the account's authorisations: its n-th key, or all of them.
   * @param how the error, or `forgotten` for a server that knows the key no more (transport error -404)
   */
  revokeKey(
    n?: number,
    how: "AUTH_KEY_UNREGISTERED" | "SESSION_REVOKED" | "forgotten" = "AUTH_KEY_UNREGISTERED",
  ): void {
    const only = n === undefined ? undefined : this.world.keys.find(this.authKey(n));
    for (const key of only ? [only] : this.keys) {
      if (how === "forgotten") key.forget();
      else key.refuse(401, how);
    }
  }
}
