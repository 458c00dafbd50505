import { Consequences } from "../decide/consequences.ts";
import type { Delivery, Session } from "../model/domain.ts";
import { SessionLeases } from "../pool/session-leases.ts";
import type { SessionFiles } from "../ports/index.ts";
import type { LaneDependencies } from "../posting/session-lane.ts";
import { aBot, aCycle, aGroup, aSession, FakeBots } from "./fake-bots.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeLedger } from "./fake-ledger.ts";
import { aChat, FakeTelegram } from "./fake-telegram.ts";
import { only } from "./only.ts";

/** So many bits of a drawn number are zero that no jitter comes of it. */
const NO_JITTER = 65_536n;

/** A running bot with one cycle, and all that posts it: rows, ledger, leases and Telegram are fakes, the rest is real. */
export class FakePosting {
  readonly clock = new FakeClock();
  readonly bots = new FakeBots();
  readonly ledger = new FakeLedger(this.bots);
  readonly telegram = new FakeTelegram(this.clock);
  /** sessions whose file is gone */
  readonly missingFiles = new Set<string>();
  /** where session files went */
  readonly moved: string[] = [];
  /** what was neither thrown nor an answer */
  readonly faults: unknown[][] = [];
  readonly lane: LaneDependencies;
  #fences = 0n;
  #drawn = 0n;

  constructor() {
    const { clock, bots, ledger, telegram } = this;
    const { store } = bots;
    bots.bot = aBot({ status: "running", stopReason: null });
    bots.cycles = [aCycle()];
    const sessionFiles = only<SessionFiles>({
      read: async (id) => {
        if (this.missingFiles.has(id)) throw new Error(`There is no file of ${id}.`);
        return { dcId: 2, host: id, port: null, authKey: new Uint8Array(256) };
      },
      move: async (id, place) => {
        if (this.missingFiles.has(id)) throw new Error(`There is no file of ${id}.`);
        this.moved.push(`${id} to ${place}`);
      },
    });
    const leases = new SessionLeases(
      {
        acquire: async () => {
          this.#fences += 1n;
          return this.#fences;
        },
        renew: async (_, held) => new Set(held.map(({ sessionId }) => sessionId)),
        release: async () => {},
      },
      clock,
      "engine",
    );
    const random = {
      int64: () => {
        this.#drawn += 1n;
        return this.#drawn * NO_JITTER;
      },
      uuid: () => "uuid",
      token: () => "token",
    };
    const settings = { breakerLimit: 2, breakerWindowHours: 24 };
    const onFault = (...fault: unknown[]) => void this.faults.push(fault);
    const consequences = new Consequences({ store, clock, sessionFiles, onFault, settings });
    this.lane = { store, ledger, gateway: telegram, sessionFiles, clock, random, leases, consequences };
  }

  get cycle() {
    const [cycle] = this.bots.cycles;
    if (cycle === undefined) throw new Error("There is no cycle.");
    return cycle;
  }

  /** Makes the cycle another. */
  set cycle(cycle) {
    this.bots.cycles = [cycle];
  }

  session(id: string, more: Partial<Session> = {}): Session {
    const session = aSession(id, { telegramUserId: "1", ...more });
    this.bots.sessions.push(session);
    return session;
  }

  /** A group `@<id>` that Telegram knows by this number. */
  group(id: string, number: number): void {
    this.bots.groups.push(aGroup(id));
    this.telegram.chats.set(`@${id}`, aChat(number));
  }

  /** A slot `seconds` from the beginning, with the row behind it. */
  delivery(sessionId: string, groupId: string, seconds = 0, more: Partial<Delivery> = {}): Delivery {
    const delivery: Delivery = {
      id: `${sessionId} in ${groupId}`,
      cycleId: this.cycle.id,
      sessionId,
      groupId,
      plannedAt: this.at(seconds),
      randomId: BigInt(this.bots.deliveries.length + 1),
      state: "planned",
      outcome: null,
      code: null,
      messageId: null,
      attempts: 0,
      triedAt: null,
      ...more,
    };
    this.bots.deliveries.push(delivery);
    return { ...delivery };
  }

  /** The instant so many seconds after the beginning. */
  at(seconds: number): Date {
    return new Date(this.cycle.startedAt.getTime() + seconds * 1000);
  }
}
