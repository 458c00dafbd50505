import type { AuditEntry } from "../model/audit.ts";
import type { Session } from "../model/domain.ts";
import { HeraldError } from "../model/error.ts";
import type { Refusal } from "../model/outcome.ts";
import { SessionLeases } from "../pool/session-leases.ts";
import type {
  ApiPairRepository,
  Gateway,
  Hashes,
  SessionFiles,
  SessionRepository,
  TelegramClient,
  Transaction,
} from "../ports/index.ts";
import type { Dependencies } from "../services/dependencies.ts";
import type { Services } from "../services/services.ts";
import { sessionService } from "../services/sessions.ts";
import { aSession } from "./fake-bots.ts";
import { FakeClock } from "./fake-clock.ts";
import { only } from "./only.ts";

const away = () => new HeraldError("database_unavailable", "PostgreSQL cannot be reached.");

/** Who uploads and tries again. */
export const ADMIN = { kind: "system", name: "tests" } as const;

// What Telegram may answer to the trial of an account.
export const DEAD: Refusal = { kind: "session_dead", cause: "spam", code: "USER_DEACTIVATED_BAN" };
export const BUSY: Refusal = { kind: "unknown", code: "NO_CONNECTION" };
export const FLOOD: Refusal = { kind: "flood_wait", seconds: 240, method: "any", code: "FLOOD_WAIT_240" };
export const LIMITED: Refusal = { kind: "session_limited", code: "PEER_FLOOD" };

/** Uploads a file for each of the keys, all of them side by side. */
export const uploadAll = (service: Services["sessions"], ...keys: string[]) =>
  Promise.all(keys.map((key, index) => service.upload(ADMIN, { name: `${index}.txt`, content: Buffer.from(key) })));

/** Every promise that can be settled without Telegram is. */
export const settled = () => new Promise(setImmediate);

/** The pool in memory, with several engines on it, and a Telegram that answers when the test lets it. */
export class FakePool {
  rows = new Map<string, Session & { fingerprint: string }>();
  files = new Map<string, string>();
  audited: AuditEntry[] = [];
  /** keys that are connected now, one entry a connection, and every one that ever was */
  connected: string[] = [];
  everConnected: string[] = [];
  /** what Telegram answers, key by key; an account of that name otherwise */
  answers = new Map<string, Refusal>();
  /** keys whose trial meets a fault of ours */
  readonly broken = new Map<string, Error>();
  /** PostgreSQL cannot be reached */
  isAway = false;
  /** files cannot be moved or removed */
  isFull = false;
  readonly faults: unknown[] = [];
  /** Telegram answers nobody before it */
  gate = Promise.withResolvers<void>();
  #holders = new Map<string, string>();
  #ids = 0;

  engine(engineId: string, clock = new FakeClock()) {
    const leases = new SessionLeases(
      {
        acquire: async (id, engine) => {
          if ((this.#holders.get(id) ?? engine) !== engine) return null;
          this.#holders.set(id, engine);
          return 1n;
        },
        renew: async (_, held) => new Set(held.map(({ sessionId }) => sessionId)),
        release: async (_, id) => void this.#holders.delete(id),
      },
      clock,
      engineId,
    );
    return sessionService(
      only<Dependencies>({
        views: only({}),
        clock,
        leases,
        random: { int64: () => 1n, token: () => "", uuid: () => `id ${++this.#ids}` },
        hashes: only<Hashes>({ sha256: (key) => Buffer.from(key).toString() }),
        sessionReader: {
          read: (authKey) => ({ ok: true, secret: { dcId: 2, host: null, port: null, authKey } }),
        },
        sessionFiles: only<SessionFiles>({
          put: async (id) => void this.files.set(id, "unsettled"),
          settle: async (id) => this.#follow(() => this.files.set(id, "unused")),
          unsettle: async (id) => void this.files.set(id, "unsettled"),
          remove: async (id) => this.#follow(() => this.files.delete(id)),
          move: async (id, place) => this.#follow(() => this.files.set(id, place)),
          read: async (id) => ({
            dcId: 2,
            host: null,
            port: null,
            authKey: Buffer.from(this.rows.get(id)?.fingerprint ?? ""),
          }),
        }),
        onFault: (fault) => void this.faults.push(fault),
        store: { transaction: (work) => (this.isAway ? Promise.reject(away()) : work(this.#tx)) },
        gateway: { connect: (account, options) => this.#connect(account.secret.authKey, options.mayUse) },
      }),
    );
  }

  #follow(change: () => void): void {
    if (this.isFull) throw new Error("EACCES");
    change();
  }

  async #connect(authKey: Uint8Array, mayUse: () => boolean): ReturnType<Gateway["connect"]> {
    const key = Buffer.from(authKey).toString();
    if (!mayUse()) throw new Error("This engine has no lease.");
    this.connected.push(key);
    this.everConnected.push(key);
    const close = () => void this.connected.splice(this.connected.indexOf(key), 1);
    await this.gate.promise;
    const fault = this.broken.get(key);
    if (fault !== undefined) {
      close();
      throw fault;
    }
    const answer = this.answers.get(key);
    if (answer !== undefined) {
      close();
      return answer;
    }
    const account = { userId: key, username: key, firstName: null, phone: null };
    const client = only<TelegramClient>({ me: async () => ({ kind: "me", account }), close: async () => close() });
    return { kind: "connected", client };
  }

  change(id: string, change: Partial<Session>): void {
    const row = this.rows.get(id);
    if (row !== undefined) this.rows.set(id, { ...row, ...change });
  }

  readonly #tx = only<Transaction>({
    sessions: only<SessionRepository>({
      find: async (id) => this.rows.get(id) ?? null,
      add: async ({ fingerprint, ...session }) => {
        if ([...this.rows.values()].some((row) => row.fingerprint === fingerprint)) return "session_known";
        const unused = { place: "unused", userId: null, apiPairId: null, needsAdmin: true } as const;
        const row = { ...aSession(session.id, { ...session, ...unused }), fingerprint };
        this.rows.set(session.id, row);
        return row;
      },
      identify: async (id, account) => {
        if ([...this.rows.values()].some((row) => row.id !== id && row.telegramUserId === account.telegramUserId))
          throw new HeraldError("session_known", "twice");
        this.change(id, account);
      },
      setFree: async (id) =>
        this.change(id, { place: "unused", restingUntil: null, needsAdmin: false, reason: null, code: null }),
      rest: async (id, rest) =>
        this.change(id, {
          restingUntil: rest?.until ?? null,
          needsAdmin: rest?.needsAdmin ?? false,
          reason: rest?.reason ?? null,
          code: rest?.code ?? null,
        }),
      remove: async (id) => void this.rows.delete(id),
      ban: async (id, { reason, code, at }) =>
        this.change(id, { place: "banned", needsAdmin: false, bannedAt: at, reason, code }),
      stayBanned: async (id, why) => this.change(id, why),
    }),
    apiPairs: only<ApiPairRepository>({
      list: async () => [{ id: "pair", apiId: 1, label: null, capacity: 7, addedAt: new Date(0), used: 0 }],
      credentials: async () => ({ apiId: 1, apiHash: "" }),
    }),
    audit: async (entry) => void this.audited.push(entry),
    poolChanged: async () => {},
    changed: async () => {},
  });
}
