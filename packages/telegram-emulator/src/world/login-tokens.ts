import { randomBytes } from "node:crypto";
import type { Account } from "./account.ts";
import type { AuthKey } from "./auth-key.ts";

/** https://core.telegram.org/api/qr-login: a token is shown for about half a minute. Milliseconds. */
const TOKEN_VALID_MS = 30_000;

export interface LoginToken {
  readonly token: Buffer;
  readonly key: AuthKey;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  acceptedBy: Account | undefined;
}

/** The QR codes that clients show, by their token. */
export class LoginTokens {
  private readonly byToken = new Map<string, LoginToken>();
  private readonly byKey = new WeakMap<AuthKey, LoginToken>();

  /** The key's token: the one that was accepted, or else a fresh one. */
  ofKey(key: AuthKey, nowMs: number): LoginToken {
    const known = this.byKey.get(key);
    if (known?.acceptedBy) return known;
    if (known) this.byToken.delete(known.token.toString("hex"));
    // Tokens are kept in the order of their expiry; an accepted one waits for its client.
    for (const [old, { expiresAt, acceptedBy }] of this.byToken) {
      if (expiresAt >= nowMs || acceptedBy) break;
      this.byToken.delete(old);
    }
    const token: LoginToken = { token: randomBytes(24), key, expiresAt: nowMs + TOKEN_VALID_MS, acceptedBy: undefined };
    this.byToken.set(token.token.toString("hex"), token);
    this.byKey.set(key, token);
    return token;
  }

  find(token: Buffer): LoginToken | undefined {
    return this.byToken.get(token.toString("hex"));
  }

  finish(token: LoginToken): void {
    this.byToken.delete(token.token.toString("hex"));
    this.byKey.delete(token.key);
  }
}
