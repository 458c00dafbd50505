import { hash } from "node:crypto";
import { authKeyId } from "../mtproto/crypto.ts";
import type { Account, KeyEnd } from "./account.ts";
import type { Challenge } from "./srp.ts";

const AUTH_KEY_BYTES = 256;

/**
 * The n-th auth key of an account: SHAKE-256 of the world's seed and both numbers, so that a client process can build its
 * session file without asking the emulator.
 */
export function deterministicAuthKey(seed: number, accountId: number, n: number): Buffer {
  return hash("shake256", `telegram-emulator auth key ${seed} ${accountId} ${n}`, {
    outputEncoding: "buffer",
    outputLength: AUTH_KEY_BYTES,
  });
}

/** What the server answers to a key that it no longer serves. */
export type KeyRefusal =
  | { readonly kind: "error"; readonly code: number; readonly message: string }
  /** The server has forgotten the key: transport error -404. */
  | { readonly kind: "forgotten" };

/** One permanent authorization key, and what the server remembers with it. */
export class AuthKey {
  readonly key: Buffer;
  readonly id: bigint;
  readonly dc: number;
  account: Account | undefined;
  refusal: KeyRefusal | undefined;
  /** Set between a right code (or QR scan) and the password of an account with 2FA. */
  passwordPendingFor: Account | undefined;
  /** The SRP question that was asked last. */
  passwordChallenge: Challenge | undefined;
  layer: number | undefined;
  apiId: number | undefined;
  salt: bigint;
  readonly temporary: boolean;

  constructor(options: { key: Buffer; dc: number; salt: bigint; account?: Account; temporary?: boolean }) {
    this.key = options.key;
    this.id = authKeyId(options.key);
    this.dc = options.dc;
    this.salt = options.salt;
    this.account = options.account;
    this.temporary = options.temporary ?? false;
  }

  end(how: KeyEnd): void {
    if (how === "forgotten") this.refusal = { kind: "forgotten" };
    else this.refuse(401, how);
  }

  refuse(code: number, message: string): void {
    this.refusal = { kind: "error", code, message };
  }
}
