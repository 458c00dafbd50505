import type { Person } from "../model/actor.ts";
import type { AuditEntry } from "../model/audit.ts";
import type { ApiKey, Bot, SignIn, User } from "../model/domain.ts";
import type {
  ApiKeyRepository,
  BotRepository,
  Hashes,
  Random,
  SignInRepository,
  Transaction,
  UserRepository,
  Views,
} from "../ports/index.ts";
import type { Dependencies } from "../services/dependencies.ts";
import { userService } from "../services/users.ts";
import { FakeAttempts } from "./fake-attempts.ts";
import { aBot, aUser } from "./fake-bots.ts";
import { FakeClock } from "./fake-clock.ts";
import { only } from "./only.ts";

export const SYSTEM = { kind: "system", name: "tests" } as const;
export const A_SIGN_IN: SignIn = {
  id: "sign-in",
  userId: "user",
  createdAt: new Date(1),
  lastSeenAt: new Date(2),
  expiresAt: new Date("2100-01-01"),
  endedAt: null,
  userAgent: "A browser",
  address: "192.0.2.1",
};
export const acting = (id: string, kind: "user" | "admin" = "admin"): Person => ({ kind, id, name: id });

/** Users with a running bot each, and the service over them. */
export class People {
  readonly clock = new FakeClock();
  readonly attempts = new FakeAttempts();
  readonly users = new Map<string, User>();
  readonly bots = new Map<string, Bot>();
  readonly keys: Array<ApiKey & { hash: string }> = [];
  /** what was written of users, by id */
  readonly written: Array<[id: string, change: object]> = [];
  readonly signIns: SignIn[] = [];
  readonly audited: AuditEntry[] = [];
  readonly changes: string[] = [];
  /** done as soon as a bot is locked */
  whenLocked = () => {};
  /** done as soon as sign-ins are ended */
  whenEnding = () => {};
  #drawn = 0;

  constructor(...users: Array<Partial<User> & { id: string }>) {
    for (const more of users) {
      this.users.set(more.id, aUser({ email: `${more.id}@example.org`, name: more.id, ...more }));
      this.bots.set(more.id, aBot({ id: `bot of ${more.id}`, userId: more.id, status: "running", stopReason: null }));
    }
  }

  readonly tx = only<Transaction>({
    users: only<UserRepository>({
      find: async (id) => this.users.get(id) ?? null,
      credentials: async (of) => {
        const user = "id" in of ? this.users.get(of.id) : undefined;
        return user === undefined ? null : { user, passwordHash: `argon2 of the password of ${user.id}` };
      },
      lockAdmins: async () => [...this.users.values()].filter(({ role }) => role === "admin"),
      create: async ({ passwordHash, email, ...user }) => {
        if ([...this.users.values()].some((other) => other.email === email)) return "email_taken";
        const made = aUser({ ...user, email, id: "new" });
        this.users.set("new", made);
        this.written.push(["new", { passwordHash }]);
        return made;
      },
      update: async (id, change) => {
        const { passwordHash: _, ...seen } = change;
        const user = this.users.get(id);
        if (user !== undefined) this.users.set(id, { ...user, ...seen });
        this.written.push([id, change]);
      },
    }),
    signInAttempts: this.attempts,
    apiKeys: only<ApiKeyRepository>({
      add: async (key) => {
        const made = { ...key, id: `key ${this.keys.length + 1}`, scopes: ["full" as const] };
        this.keys.push({ ...made, createdAt: this.clock.now(), expiresAt: null, lastUsedAt: null, revokedAt: null });
        return this.#key(made.id);
      },
      revokeAll: async (userId, at) => {
        const open = this.keys.filter((key) => key.userId === userId && key.revokedAt === null);
        for (const key of open) key.revokedAt = at;
        return open;
      },
    }),
    signIns: only<SignInRepository>({
      end: async ({ userId, except }, at) => {
        this.whenEnding();
        const open = this.signIns.filter(
          (signIn) => signIn.userId === userId && signIn.id !== except && signIn.endedAt === null,
        );
        for (const signIn of open) signIn.endedAt = at;
        return open;
      },
    }),
    bots: only<BotRepository>({
      lockOfUser: async (userId) => {
        this.whenLocked();
        return this.bot(userId);
      },
      update: async (id, change) => {
        for (const [userId, bot] of this.bots)
          if (bot.id === id) this.bots.set(userId, { ...bot, ...change, post: bot.post });
      },
    }),
    audit: async (entry) => void this.audited.push(entry),
    log: async () => {},
    changed: async (userId, what) => void this.changes.push(`${what} of ${userId}`),
    poolChanged: async () => void this.changes.push("pool"),
  });

  readonly service = userService(
    only<Dependencies>({
      clock: this.clock,
      store: { transaction: (work) => work(this.tx) },
      hashes: only<Hashes>({
        password: async (password) => `argon2 of ${password}`,
        isPassword: async (password, hash) => hash === `argon2 of ${password}`,
        sha256: (data) => `sha256 of ${data}`,
      }),
      random: only<Random>({ token: (bytes) => `${++this.#drawn}-drawn-of-${bytes}` }),
      views: only<Views>({
        viewer: async (id) => {
          const user = this.users.get(id);
          return user === undefined
            ? null
            : { ...user, apiKeyHint: this.keys.find((key) => key.revokedAt === null)?.hint ?? null };
        },
        users: async () => [],
      }),
    }),
  );

  bot(userId: string): Bot {
    const bot = this.bots.get(userId);
    if (bot === undefined) throw new Error(`${userId} has no bot.`);
    return bot;
  }

  #key(id: string) {
    const key = this.keys.find((candidate) => candidate.id === id);
    if (key === undefined) throw new Error(`There is no ${id}.`);
    return key;
  }
}
