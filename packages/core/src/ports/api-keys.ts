import type { ApiKey, User } from "../model/domain.ts";

export interface ApiKeyRepository {
  /** The key with this SHA-256 and its owner, whatever their state: who asks judges whether it still holds. */
  findByHash(hash: string): Promise<{ key: ApiKey; user: User } | null>;
  /** The same by the key's id. */
  find(id: string): Promise<{ key: ApiKey; user: User } | null>;
  /** One that may do all and holds until it is revoked. */
  add(key: { userId: string; name: string; prefix: string; hint: string; hash: string }): Promise<ApiKey>;
  /** Ends every key of the user that is not revoked yet, and answers with them as they were. */
  revokeAll(userId: string, at: Date): Promise<ApiKey[]>;
  /** Notes that it was used; at most once a minute, so that a busy key costs no write a request. */
  used(id: string, at: Date): Promise<void>;
}
