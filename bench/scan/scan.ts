import { startStack } from "@herald/engine/testing";
import type { TestDatabase } from "@herald/scripts/test-database";
import fc from "fast-check";
import { type Caller, gather } from "./cast.ts";
import { endpoints } from "./endpoints.ts";
import { type Answer, faultsOf } from "./judge.ts";
import { moveIn, type Spread, type Stall } from "./neighbour.ts";
import { requestsTo, type ScanRequest } from "./requests.ts";

/** After so many requests the scene is set anew: by then much of it was removed, disabled and ended. */
const ROUND = 500;
/** Requests at a time. */
const HANDS = 4;
/** An answer that takes longer does not come. Milliseconds. */
const TIMEOUT_MS = 30_000;
/** What is shown of a request and its answer, in characters. */
const SHOWN = 400;

export interface ScanOptions {
  requests: number;
  /** of everything that is chosen */
  seed: number;
  database: TestDatabase;
  /** what goes on */
  onProgress?: (text: string) => void;
}

/** Something that was wrong with answers, and the first of them. */
export interface Finding {
  fault: string;
  times: number;
  endpoints: string[];
  first: { caller: string; request: string; answer: string };
}

export interface ScanResult {
  seed: number;
  requests: number;
  endpoints: number;
  callers: string[];
  /** how many were answered with which status */
  statuses: Record<string, number>;
  /** endpoints of which nobody got past rights and input, to what they are there for */
  neverReached: string[];
  findings: Finding[];
  /** what a neighbour waited for `bot.status` and for `/live` meanwhile, in milliseconds */
  status: Spread;
  live: Spread;
  /** their long waits for `bot.status`, and those in which the engine stood still for everybody */
  slow: LongWait[];
  stalls: LongWait[];
}

/** A neighbour's wait, and what the scan asked meanwhile. */
interface LongWait {
  ms: number;
  /** of it, how long the engine's own thread was at work */
  engineMs: number;
  meanwhile: string[];
}

/** A request that went on, by the clock of the neighbour's stalls. */
interface Passed {
  endpoint: string;
  from: number;
  to: number;
}

/**
 * Sends generated requests to an engine in a process of its own, as everybody who can send any, and judges each answer, while a
 * neighbour asks what costs nothing.
 */
export async function scan({ requests, seed, database, onProgress = () => {} }: ScanOptions): Promise<ScanResult> {
  await using stack = await startStack({ database });
  const { url, pid } = await stack.spawnEngine("scanned");
  const resident = await stack.createUser({ type: "STARTER", maxSessions: 1, maxGroups: 1, expiresAt: null });
  const { key } = await resident.api.users.createApiKey.mutate();
  await using neighbour = await moveIn({ url, pid, authorization: `Bearer ${key}` });

  const targets = endpoints();
  const statuses: Record<string, number> = {};
  const reached = new Set<string>();
  const findings = new Map<string, Finding>();
  const passed: Passed[] = [];
  let callers: Caller[] = [];

  for (let done = 0, round = 0; done < requests; done += ROUND, round++) {
    onProgress(`${done} of ${requests} requests, ${findings.size} findings`);
    const cast = await gather(stack);
    callers = cast.callers;
    const plan = fc.sample(
      fc.record({ request: requestsTo(targets, cast.wordsFor, cast.files), caller: anyOf(callers) }),
      {
        numRuns: Math.min(ROUND, requests - done),
        seed: seed + round,
      },
    );
    await byHands(plan, async ({ request, caller }) => {
      const from = performance.timeOrigin + performance.now();
      const answer = await ask(url, request, await caller.authorization());
      passed.push({ endpoint: request.name, from, to: performance.timeOrigin + performance.now() });
      const { status } = answer;
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status < 300 || status === 409) reached.add(request.name);
      for (const fault of faultsOf(request, answer, { secrets: cast.secrets, marks: caller.marks }))
        note(findings, fault, request, caller, answer);
      // where another hand ends it at the same moment, the next refusal asks again
      if (status === 401) await caller.renew?.().catch(() => {});
    });
  }

  const { status, live, slow, stalls } = await neighbour.leave();
  const longWait = ({ from, ms, engineMs }: Stall): LongWait => ({
    ms: Math.round(ms),
    engineMs,
    meanwhile: passed.filter((one) => one.from < from + ms && one.to > from).map(({ endpoint }) => endpoint),
  });
  return {
    seed,
    requests: passed.length,
    endpoints: targets.length,
    callers: callers.map(({ name }) => name),
    statuses,
    neverReached: targets.map(({ name }) => name).filter((name) => !reached.has(name)),
    findings: [...findings.values()].sort((a, b) => b.times - a.times),
    status,
    live,
    slow: slow.map(longWait),
    stalls: stalls.map(longWait),
  };
}

const anyOf = (callers: readonly Caller[]): fc.Arbitrary<Caller> =>
  fc.oneof(...callers.map((caller) => ({ weight: caller.weight, arbitrary: fc.constant(caller) })));

async function ask(url: string, request: ScanRequest, authorization: string | null): Promise<Answer> {
  const { method, path, body } = request;
  const ended = AbortSignal.timeout(TIMEOUT_MS);
  const headers = { ...request.headers, ...(authorization !== null && { authorization }) };
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      headers,
      redirect: "manual",
      signal: ended,
      ...(body !== undefined && { body }),
    });
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
    return {
      status: response.status,
      headers: JSON.stringify([...response.headers]),
      body: isStream ? await beginningOf(response) : await response.text(),
    };
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return { status: 599, headers: "", body: `no answer: ${cause}` };
  }
}

/** The first that a stream says. */
async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const first = await reader?.read();
  await reader?.cancel();
  return new TextDecoder().decode(first?.value);
}

function note(
  findings: Map<string, Finding>,
  fault: string,
  request: ScanRequest,
  caller: Caller,
  answer: Answer,
): void {
  const { name, method, path, headers, body = "" } = request;
  const shown = `${method} ${path.slice(0, SHOWN)} ${JSON.stringify(headers)} ${body.slice(0, SHOWN)}`;
  const first = { caller: caller.name, request: shown, answer: `${answer.status} ${answer.body.slice(0, SHOWN)}` };
  const finding = findings.get(fault) ?? { fault, times: 0, endpoints: [], first };
  findings.set(fault, finding);
  finding.times++;
  if (!finding.endpoints.includes(name)) finding.endpoints.push(name);
}

/** Does `work` for each, a few at a time, in order. */
async function byHands<T>(things: readonly T[], work: (thing: T) => Promise<void>): Promise<void> {
  const left = things.values();
  const hand = async () => {
    for (const thing of left) await work(thing);
  };
  await Promise.all(Array.from({ length: HANDS }, hand));
}
