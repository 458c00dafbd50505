import type { Connection } from "../mtproto/connection.ts";
import type { AuthKey } from "../world/auth-key.ts";

export interface ApiIdUse {
  readonly apiId: number;
  /** Keys with an open connection under this API id. */
  readonly now: number;
  readonly most: number;
}

/** Counts how many sessions use an API id at a time. */
export class ApiIdWatch {
  private readonly open = new Map<number, Map<AuthKey, Set<Connection>>>();
  private readonly most = new Map<number, number>();

  begin(apiId: number, key: AuthKey, connection: Connection): void {
    const keys = this.open.get(apiId) ?? new Map<AuthKey, Set<Connection>>();
    this.open.set(apiId, keys);
    keys.set(key, (keys.get(key) ?? new Set<Connection>()).add(connection));
    this.most.set(apiId, Math.max(this.most.get(apiId) ?? 0, keys.size));
  }

  /** @param keys those that were used over the connection */
  end(connection: Connection, keys: Iterable<AuthKey>): void {
    for (const key of keys) {
      if (key.apiId === undefined) continue;
      const keys = this.open.get(key.apiId);
      const connections = keys?.get(key);
      connections?.delete(connection);
      if (connections?.size === 0) keys?.delete(key);
    }
  }

  uses(): ApiIdUse[] {
    return [...this.most].map(([apiId, most]) => ({ apiId, now: this.open.get(apiId)?.size ?? 0, most }));
  }
}
