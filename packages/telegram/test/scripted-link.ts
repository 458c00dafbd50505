// A link of one account over connections that are a script, under a clock that stands still until something waits.
import { AuthKey } from "telegram/crypto/AuthKey.js";
import { RPCMessageToError } from "telegram/errors/index.js";
import { Api } from "telegram/tl/index.js";
import { vi } from "vitest";
import { AccountLink, type Connect } from "../src/gram/account-link.ts";
import type { Answer, End } from "../src/gram/connection.ts";

export const NOW = new Date("2030-01-01T12:00:00Z");

/** What a script needs: call before each test, and {@link vi.useRealTimers} after it. */
export const stopClock = () =>
  vi.useFakeTimers({ toFake: ["Date", "performance", "setTimeout", "clearTimeout"], fakeNodeBuiltins: true, now: NOW });

type Scripted = Answer<unknown> | (() => Answer<unknown> | Promise<Answer<unknown>>);
/** What a connection answers to its greeting and then to each request; by itself it knows the key, and says "done". */
export interface Script {
  greeting?: Scripted;
  answers?: Scripted[];
}

export const DONE: Answer<unknown> = { kind: "result", value: "done" };
export const LOST: Answer<unknown> = { kind: "lost" };
export const UNREAD: Answer<unknown> = { kind: "unread", bytes: Buffer.alloc(4) };
export const state = (date: number): Answer<unknown> => ({
  kind: "result",
  value: new Api.updates.State({ pts: 0, qts: 0, date, seq: 0, unreadCount: 0 }),
});
export const refused = (errorMessage: string): Answer<unknown> => ({
  kind: "error",
  error: RPCMessageToError(new Api.RpcError({ errorCode: 400, errorMessage }), new Api.help.GetConfig()),
});
export const late =
  (ms: number, answer: Answer<unknown>): Scripted =>
  () => {
    vi.advanceTimersByTime(ms);
    return answer;
  };
export const unknown = (code: string) => ({ kind: "unknown", code });
export const dead = (code: string) => ({ kind: "session_dead", cause: "lost", code });

const HOSTS = ["one", "two", "three"];
const dc = (host = "one") => ({ id: 2, host, port: 443 });

export function scriptedLink(scripts: Script[] = [], { addresses = 1 } = {}) {
  const [first = dc(), ...more] = HOSTS.slice(0, addresses).map(dc);
  const abort = new AbortController();
  let isMine = true;
  const dials: Array<{
    host: string;
    at: number;
    greeting?: Api.AnyRequest;
    asked: Api.AnyRequest[];
    /** how long each answer was waited for at most */
    times: number[];
    isOpen: boolean;
    /** how often it was ended */
    ended: number;
    end(end: End): void;
    mayWrite(): boolean;
  }> = [];
  const begin = performance.now();
  const connect: Connect = (to, { mayWrite, onEnd }) => {
    const { greeting = state(0), answers = [] } = scripts[dials.length] ?? {};
    const left = [...answers];
    const dial: (typeof dials)[number] = {
      ...{ host: to.address.host, at: performance.now() - begin, asked: [], times: [], isOpen: true, ended: 0 },
      ...{ end: onEnd, mayWrite },
    };
    dials.push(dial);
    const say = (answer: Scripted) => (typeof answer === "function" ? answer() : answer);
    return {
      start: async (request, ms) => {
        dial.greeting = request;
        dial.times.push(ms);
        return say(greeting);
      },
      invoke: async (request, ms) => {
        dial.asked.push(request);
        dial.times.push(ms);
        return (await say(left.shift() ?? DONE)) as Answer<never>;
      },
      destroy: async () => {
        dial.isOpen = false;
        dial.ended += 1;
      },
    };
  };
  const api = { apiId: 12_345, apiHash: "hash" };
  const make = () =>
    new AccountLink(
      { addresses: [first, ...more], authKey: new AuthKey(), api, mayUse: () => isMine, signal: abort.signal },
      connect,
    );
  const link = make();
  /** To its end, whatever it waits for. */
  const toTheEnd = async <T>(work: Promise<T>): Promise<T> => {
    await vi.runAllTimersAsync();
    return work;
  };
  return {
    ...{ link, make, dials, abort },
    loseLease: () => {
      isMine = false;
    },
    connect: (ms = 15_000) => toTheEnd(link.connect(ms)),
    ask: (ms = 20_000, request: Api.AnyRequest = new Api.help.GetNearestDc()) => toTheEnd(link.invoke(request, ms)),
    hosts: () => dials.map(({ host }) => host),
    times: () => dials.map(({ at }) => at),
  };
}
