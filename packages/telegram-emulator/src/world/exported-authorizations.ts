import { randomBytes } from "node:crypto";
import type { Account } from "./account.ts";

/** Authorisations on their way from one data centre to another; each is good once. */
export class ExportedAuthorizations {
  private readonly byBytes = new Map<string, Account>();

  create(account: Account): Buffer {
    const bytes = randomBytes(32);
    this.byBytes.set(bytes.toString("hex"), account);
    return bytes;
  }

  take(bytes: Buffer): Account | undefined {
    const key = bytes.toString("hex");
    const account = this.byBytes.get(key);
    this.byBytes.delete(key);
    return account;
  }
}
