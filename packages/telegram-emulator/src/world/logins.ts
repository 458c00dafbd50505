import { randomBytes } from "node:crypto";
import type { Account } from "./account.ts";

/** A code is good for so long. Milliseconds. */
const CODE_VALID_MS = 5 * 60_000;

interface PendingCode {
  readonly phone: string;
  readonly account: Account | undefined;
  readonly expiresAt: number;
}

export type CodeCheck =
  | { readonly kind: "ok"; readonly account: Account }
  | { readonly kind: "noAccount" }
  | { readonly kind: "expired" }
  | { readonly kind: "wrong" };

/** Phone codes that were sent and not used yet, by their hash. */
export class Logins {
  private readonly codes = new Map<string, PendingCode>();

  send(phone: string, account: Account | undefined, nowMs: number): string {
    // Codes are kept in the order of their expiry.
    for (const [hash, code] of this.codes) {
      if (code.expiresAt >= nowMs) break;
      this.codes.delete(hash);
    }
    const codeHash = randomBytes(9).toString("hex");
    this.codes.set(codeHash, { phone, account, expiresAt: nowMs + CODE_VALID_MS });
    return codeHash;
  }

  cancel(codeHash: string): boolean {
    return this.codes.delete(codeHash);
  }

  check(phone: string, codeHash: string, code: string, nowMs: number): CodeCheck {
    const pending = this.codes.get(codeHash);
    if (!pending || pending.phone !== phone || pending.expiresAt < nowMs) return { kind: "expired" };
    if (code !== (pending.account?.loginCode ?? "12345")) return { kind: "wrong" };
    this.codes.delete(codeHash);
    return pending.account ? { kind: "ok", account: pending.account } : { kind: "noAccount" };
  }
}
