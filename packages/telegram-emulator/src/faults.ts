/** What happens to a request that a rule matches. */
export type FaultAction =
  /** This RPC error instead of the answer; nothing is executed. */
  | { readonly error: string; readonly code: number }
  /** The connection is cut, before or after the request was executed; either way no answer leaves. */
  | { readonly drop: "before" | "after" }
  /** No answer; `after` executes the request, `before` (true) does not. */
  | { readonly silence: true | "before" | "after" }
  /** Executes the request so much later. Milliseconds. */
  | { readonly delayMs: number }
  /** Executes at once, and answers so much later. Milliseconds. */
  | { readonly answerDelayMs: number }
  /** Half of the answer's packet is written, then the connection is cut. */
  | { readonly halfPacket: true }
  /** The answer's message key is wrong, so the client must not accept it. */
  | { readonly wrongMsgKey: true }
  /** The answer is of a type that no layer has, as when the server is newer than the client. */
  | { readonly unreadable: true }
  /** The server's salt changes, so the request is answered with bad_server_salt. */
  | { readonly changeSalt: true }
  /** The server's clock moves; seconds ahead of the machine's. */
  | { readonly clockSkewSeconds: number }
  /** The answer comes in a container together with an acknowledgement. */
  | { readonly container: true }
  /** The answer comes gzipped. */
  | { readonly gzip: true }
  /** The answer is sent twice, with the same message id. */
  | { readonly duplicate: true }
  /** The answer comes after the answer of the next request. */
  | { readonly reorder: true }
  /** The whole server stands still. Milliseconds. */
  | { readonly pauseMs: number };

export interface FaultRule {
  /**
   * Such as `messages.forwardMessages`; `*` for every method of the API. The server's own service messages go by
   * `mtproto.<name>` (`mtproto.pong`, `mtproto.new_session_created`, …) and know silence, delayMs, duplicate and reorder.
   */
  readonly method: string;
  readonly accountId?: number | undefined;
  /** Marked id. */
  readonly chatId?: number | undefined;
  /**
   * Leaves out what needs no login, such as help.getConfig: with AUTH_KEY_UNREGISTERED, what an account meets whose key is
   * not known for a moment.
   */
  readonly needsLogin?: true | undefined;
  /** Fires from the n-th matching request on, counted from 1. @default 1 */
  readonly nth?: number | undefined;
  /** Fires so many times at most. @default 1 when `nth` is given, otherwise without end */
  readonly times?: number | undefined;
  /** Chance of firing at each match, from the seeded generator. @default 1 */
  readonly probability?: number | undefined;
  readonly action: FaultAction;
}

export interface FiredFault {
  readonly ruleId: number;
  readonly method: string;
  readonly accountId: number | undefined;
  readonly chatId: number | undefined;
  readonly randomIds: readonly string[];
  readonly action: FaultAction;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface FaultSubject {
  readonly method: string;
  readonly needsLogin: boolean;
  readonly accountId: number | undefined;
  readonly chatId: number | undefined;
  readonly randomIds: readonly string[];
}

interface ActiveRule {
  readonly id: number;
  readonly rule: FaultRule;
  matches: number;
  fired: number;
}

export const FAULT_ACTION_NAMES = [
  "error",
  "drop",
  "silence",
  "delayMs",
  "answerDelayMs",
  "halfPacket",
  "wrongMsgKey",
  "unreadable",
  "changeSalt",
  "clockSkewSeconds",
  "container",
  "gzip",
  "duplicate",
  "reorder",
  "pauseMs",
] as const;

/** Faults by rule, and the log of which fired when. The first rule that matches a request and fires wins. */
export class Faults {
  private readonly rules: ActiveRule[] = [];
  private readonly log: FiredFault[] = [];
  private readonly random: () => number;
  private lastId = 0;

  constructor(seed: number) {
    this.random = mulberry32(seed);
  }

  /** @returns the rule's id @throws Error on an action that does not exist */
  add(rule: FaultRule): number {
    if (!FAULT_ACTION_NAMES.some((name) => name in rule.action)) {
      throw new Error(`a fault's action must be one of ${FAULT_ACTION_NAMES.join(", ")}`);
    }
    if (!rule.method) throw new Error('a fault needs a method, such as "messages.sendMessage", or "*" for all');
    const id = ++this.lastId;
    this.rules.push({ id, rule, matches: 0, fired: 0 });
    return id;
  }

  remove(id: number): boolean {
    const index = this.rules.findIndex((active) => active.id === id);
    if (index < 0) return false;
    this.rules.splice(index, 1);
    return true;
  }

  clear(): void {
    this.rules.length = 0;
  }

  list(): { id: number; rule: FaultRule; matches: number; fired: number }[] {
    return this.rules.map((active) => ({ ...active }));
  }

  /** Which rule fired when, in order. */
  fired(ruleId?: number): readonly FiredFault[] {
    return ruleId === undefined ? this.log : this.log.filter((entry) => entry.ruleId === ruleId);
  }

  /** The action for this request, if a rule fires; the firing is logged. */
  match(subject: FaultSubject): FaultAction | undefined {
    for (const active of this.rules) {
      const { rule } = active;
      if (rule.method === "*" ? subject.method.startsWith("mtproto.") : rule.method !== subject.method) continue;
      if (rule.accountId !== undefined && rule.accountId !== subject.accountId) continue;
      if (rule.chatId !== undefined && rule.chatId !== subject.chatId) continue;
      if (rule.needsLogin && !subject.needsLogin) continue;
      active.matches++;
      if (active.matches < (rule.nth ?? 1)) continue;
      const times = rule.times ?? (rule.nth === undefined ? Number.POSITIVE_INFINITY : 1);
      if (active.fired >= times) continue;
      if (rule.probability !== undefined && this.random() >= rule.probability) continue;
      active.fired++;
      const { method, accountId, chatId, randomIds } = subject;
      this.log.push({ ruleId: active.id, method, accountId, chatId, randomIds, action: rule.action, at: Date.now() });
      return rule.action;
    }
    return undefined;
  }
}

/** A small seeded generator of numbers in [0, 1); the same seed gives the same faults. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
