import type { Plan } from "@herald/contract";
import { earliest } from "../lib/earliest.ts";
import type { AuditEntry } from "../model/audit.ts";
import type { Bot, Cycle, Delivery, Group, LogLine, Session, User } from "../model/domain.ts";
import { mayBeTaken, usableFrom } from "../pool/session-state.ts";
import type {
  ApiPairRepository,
  BotRepository,
  CycleJob,
  CycleRepository,
  GroupRepository,
  SessionChatRepository,
  SessionRepository,
  Store,
  Transaction,
  UserRepository,
} from "../ports/index.ts";
import { FakeSessionChats } from "./fake-session-chats.ts";
import { only } from "./only.ts";

export const aUser = (more: Partial<User> = {}): User => ({
  id: "user",
  email: "ada@example.org",
  name: "Ada",
  role: "user",
  plan: aPlan(),
  disabled: false,
  timeZone: "UTC",
  createdAt: new Date(0),
  ...more,
});

export const aPlan = (more: Partial<Plan> = {}): Plan => ({
  type: "ENTERPRISE",
  maxSessions: 5,
  maxGroups: 10,
  expiresAt: null,
  ...more,
});

export const aBot = (more: Partial<Bot> = {}): Bot => ({
  id: "bot",
  userId: "user",
  status: "stopped",
  stopReason: "never_started",
  stopMessage: null,
  startedAt: null,
  stoppedAt: null,
  nextCycleAt: null,
  post: { id: "post", type: "text", content: "hello" },
  executionMode: null,
  totalCycleMinutes: 60,
  delayBetweenPosts: 5,
  delayBetweenCycles: 300,
  sessionCount: null,
  breakerClearedAt: null,
  breakerTrippedAt: null,
  contentRefusedAt: null,
  faults: 0,
  retryAt: null,
  ...more,
});

export const aSession = (id: string, more: Partial<Session> = {}): Session => ({
  id,
  label: id,
  fileName: `${id}.session`,
  username: null,
  phoneMasked: null,
  telegramUserId: null,
  place: "assigned",
  userId: "user",
  apiPairId: "pair",
  restingUntil: null,
  lookupsWaitUntil: null,
  needsAdmin: false,
  reason: null,
  code: null,
  addedAt: new Date(0),
  bannedAt: null,
  lastUsedAt: null,
  ...more,
});

export const aGroup = (id: string, more: Partial<Group> = {}): Group => ({
  id,
  botId: "bot",
  userId: "user",
  reference: `@${id}`,
  position: 0,
  title: null,
  topicId: 0,
  chatId: null,
  state: "active",
  reason: null,
  code: null,
  ...more,
});

export const aCycle = (more: Partial<Cycle> = {}): Cycle => ({
  id: "cycle",
  botId: "bot",
  userId: "user",
  number: 1,
  state: "running",
  epoch: 1,
  executionMode: "enterprise",
  postId: "post",
  post: { type: "text", content: "hello" },
  delayBetweenPosts: 5,
  totalCycleMinutes: null,
  startedAt: new Date("2030-01-01T00:00:00Z"),
  endedAt: null,
  ...more,
});

/** What may still be posted. */
const isOpen = ({ state }: Delivery): boolean => state === "planned" || state === "sending";

/** One user's bot in memory: the rows that deciding about it reads and writes. Not a database: nothing is rolled back. */
export class FakeBots {
  user = aUser();
  bot = aBot();
  groups: Group[] = [];
  sessions: Session[] = [];
  pairs = [{ id: "pair", apiId: 1, label: null, capacity: 7, addedAt: new Date(0) }];
  cooldownSeconds = 60;
  cycles: Cycle[] = [];
  deliveries: Delivery[] = [];
  refusals: Awaited<ReturnType<SessionChatRepository["refusals"]>> = [];
  readonly chats = new FakeSessionChats(() => this.groups);
  /** by code, how many chats refused a session with it of late */
  readonly refusing = new Map<string, number>();
  /** spam-type deaths, of whichever session */
  readonly spamDeaths: Date[] = [];
  readonly log: LogLine[] = [];
  readonly audited: AuditEntry[] = [];
  readonly jobs: Array<CycleJob & { startAt: Date }> = [];
  readonly changes: string[] = [];
  /** cycles that are to go on with whoever takes them */
  readonly handedBack: string[] = [];
  /** why cycles were closed */
  readonly closings: string[] = [];
  /** why cycles posted nothing */
  readonly notes: string[] = [];
  /** how often all API pairs were locked */
  pairLocks = 0;

  readonly store: Store = { transaction: (work) => work(this.tx) };

  readonly tx: Transaction = only<Transaction>({
    users: only<UserRepository>({ find: async () => this.user }),
    bots: only<BotRepository>({
      lock: async () => this.bot,
      lockOfUser: async () => this.bot,
      find: async () => this.bot,
      update: async (_, { post, ...change }) => {
        this.bot = { ...this.bot, ...change };
        if (post !== undefined) this.bot.post = post && { id: "another post", ...post };
      },
    }),
    groups: only<GroupRepository>({
      list: async () => this.groups,
      longestCooldown: async () => this.cooldownSeconds,
      place: async (id, at) => {
        const twin = this.groups.find(
          (group) =>
            group.id !== id && group.state === "active" && group.chatId === at.chatId && group.topicId === at.topicId,
        );
        if (twin !== undefined) return twin.reference;
        this.#changeGroup(id, at);
        return null;
      },
      retire: async (id, why) => this.#changeGroup(id, { state: "retired", ...why }),
    }),
    sessions: only<SessionRepository>({
      find: async (id) => this.sessions.find((session) => session.id === id) ?? null,
      list: async () => this.sessions,
      rest: async (id, rest) =>
        this.#change(id, {
          restingUntil: rest?.until ?? null,
          needsAdmin: rest?.needsAdmin ?? false,
          reason: rest?.reason ?? null,
          code: rest?.code ?? null,
        }),
      holdLookups: async (id, until) => this.#change(id, { lookupsWaitUntil: until }),
      ban: async (id, { at, cause, reason, code }) => {
        this.#change(id, { place: "banned", userId: null, apiPairId: null, bannedAt: at, reason, code });
        if (cause === "spam") this.spamDeaths.push(at);
      },
      identify: async (id, account) => this.#change(id, account),
      countSpamDeaths: async (_, since) => this.spamDeaths.filter((at) => at > since).length,
      ofUser: async (userId) =>
        this.sessions.filter((session) => session.userId === userId && session.place === "assigned"),
      release: async (id) => this.#change(id, { place: "unused", userId: null, apiPairId: null }),
      takeUnused: async (userId, count, now) => {
        const free = this.sessions.filter((session) => mayBeTaken(session, now));
        for (const { id } of free.slice(0, count)) this.#change(id, { place: "assigned", userId });
        const taken = new Set(free.slice(0, count).map(({ id }) => id));
        return this.sessions.filter(({ id }) => taken.has(id));
      },
      firstUnusedBack: async (now) =>
        earliest(
          this.sessions.flatMap((session) => {
            const from = session.place === "unused" ? usableFrom(session, now) : null;
            return from !== null && from > now ? from : [];
          }),
        ),
      seat: async (seats) => {
        for (const { sessionId, apiPairId } of seats) this.#change(sessionId, { apiPairId });
      },
    }),
    sessionChats: only<SessionChatRepository>({
      ...this.chats.repository,
      refusals: async (_, sessionIds) => this.refusals.filter(({ sessionId }) => sessionIds.includes(sessionId)),
      countRefusing: async (_, code) => this.refusing.get(code) ?? 0,
    }),
    apiPairs: only<ApiPairRepository>({
      credentials: async (id) => {
        const pair = this.pairs.find((pair) => pair.id === id);
        return pair === undefined ? null : { apiId: pair.apiId, apiHash: "hash" };
      },
      list: async () => this.#pairs(),
      lockSeats: async () => {
        this.pairLocks += 1;
        return this.#pairs();
      },
    }),
    cycles: only<CycleRepository>({
      current: async () => this.cycles.find(({ state }) => state === "running" || state === "open") ?? null,
      lastNumber: async () => this.cycles.length,
      find: async (id) => this.cycles.find((cycle) => cycle.id === id) ?? null,
      // read anew each time: what a lane does to its own is not written
      openDeliveries: async () => this.deliveries.filter(isOpen).map((delivery) => ({ ...delivery })),
      create: async ({ slots: _, ...cycle }) => {
        const number = this.cycles.length + 1;
        const made: Cycle = { ...cycle, id: `cycle ${number}`, number, state: "running", epoch: 0, endedAt: null };
        this.cycles.push(made);
        return made;
      },
      reopen: async (id) => this.#changeCycle(id, { state: "running" }),
      close: async (id, why) => {
        this.closings.push(why);
        this.#changeCycle(id, { state: "closed" });
      },
      release: async (id, _, state, at) => this.#changeCycle(id, { state, endedAt: state === "finished" ? at : null }),
      handBack: async (id) => void this.handedBack.push(id),
      note: async (_, note) => void this.notes.push(note),
      counts: async () => {
        const count = (state: Delivery["state"]) =>
          this.deliveries.filter((delivery) => delivery.state === state).length;
        return {
          planned: count("planned"),
          sending: count("sending"),
          sent: count("sent"),
          failed: count("failed"),
          skipped: count("skipped"),
        };
      },
      outcomes: async () => {
        const outcomes = this.deliveries.flatMap(({ outcome }) => outcome ?? []);
        return [...Map.groupBy(outcomes, (outcome) => outcome)]
          .map(([outcome, all]) => ({ outcome, count: all.length }))
          .sort((a, b) => b.count - a.count);
      },
      reschedule: async (times) => {
        const planned = new Map(times.map(({ id, plannedAt }) => [id, plannedAt]));
        this.deliveries = this.deliveries.map((delivery) => ({
          ...delivery,
          plannedAt: planned.get(delivery.id) ?? delivery.plannedAt,
        }));
      },
      skip: async (ids, outcome) => {
        const given = ({ state }: Delivery) =>
          state === "sending"
            ? ({ state: "failed", outcome: "unknown" } as const)
            : ({ state: "skipped", outcome, code: null } as const);
        this.deliveries = this.deliveries.map((delivery) =>
          ids.includes(delivery.id) && isOpen(delivery) ? { ...delivery, ...given(delivery) } : delivery,
        );
      },
      reassign: async (moved) => {
        const to = new Map(moved.map(({ deliveryId, ...change }) => [deliveryId, change]));
        this.deliveries = this.deliveries.map((delivery) =>
          delivery.state === "planned" ? { ...delivery, ...to.get(delivery.id) } : delivery,
        );
      },
    }),
    log: async (line) => void this.log.push(line),
    audit: async (entry) => void this.audited.push(entry),
    changed: async (_, what) => void this.changes.push(what),
    poolChanged: async () => void this.changes.push("pool"),
    enqueueCycle: async (job, startAt) => void this.jobs.push({ ...job, startAt }),
  });

  #pairs() {
    const used = (id: string) => this.sessions.filter((session) => session.apiPairId === id).length;
    return this.pairs.map((pair) => ({ ...pair, used: used(pair.id) }));
  }

  #change(id: string, change: Partial<Session>): void {
    this.sessions = this.sessions.map((session) => (session.id === id ? { ...session, ...change } : session));
  }

  #changeGroup(id: string, change: Partial<Group>): void {
    this.groups = this.groups.map((group) => (group.id === id ? { ...group, ...change } : group));
  }

  #changeCycle(id: string, change: Partial<Cycle>): void {
    this.cycles = this.cycles.map((cycle) => (cycle.id === id ? { ...cycle, ...change } : cycle));
  }
}
