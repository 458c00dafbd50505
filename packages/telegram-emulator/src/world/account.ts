import { makeVerifier, type Verifier } from "./srp.ts";

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

/** How the server ends an authorisation: by an error, or by knowing the key no more (transport error -404). */
export type KeyEnd = "AUTH_KEY_UNREGISTERED" | "SESSION_REVOKED" | "forgotten";

/** What an account needs of the world that it is in. */
export interface AccountWorld {
  /** Milliseconds since 1970 by the server's clock. */
  now(): number;
  accessHash(viewer: Account, account: Account): bigint;
  authKey(account: Account, n: number): Buffer;
  revokeKeys(account: Account, n: number | undefined, how: KeyEnd): void;
}

export class Account {
  private readonly world: AccountWorld;
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
  private verifier: { readonly password: string; readonly verifier: Verifier } | undefined;

  /** @internal use `world.account()` */
  constructor(world: AccountWorld, options: AccountOptions & { id: number; dc: number }) {
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
    return this.world.authKey(this, n);
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

  /** The account's access hash for another one; no use to a third. */
  accessHash(viewer: Account): bigint {
    return this.world.accessHash(viewer, this);
  }

  /** Ends the account's authorisations: its n-th key, or all of them. */
  revokeKey(n?: number, how: KeyEnd = "AUTH_KEY_UNREGISTERED"): void {
    this.world.revokeKeys(this, n, how);
  }
}
