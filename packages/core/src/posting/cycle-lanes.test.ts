import { expect, test } from "vitest";
import type { Delivery } from "../model/domain.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Dependencies } from "../services/dependencies.ts";
import { FakePosting } from "../testing/fake-posting.ts";
import { only } from "../testing/only.ts";
import { CycleLanes } from "./cycle-lanes.ts";

const DEAD: Outcome = { kind: "session_dead", cause: "lost", code: "SESSION_REVOKED" };
const LIMITED: Outcome = { kind: "session_limited", code: "PEER_FLOOD" };

/**
 * Accounts with slots in groups, by the second of each: `{ a: { g1: 0 } }`. Group g7 is chat 7, and everyone's delay is 5 s.
 */
function scene(plan: Record<string, Record<string, number>>) {
  const world = new FakePosting();
  const { bots, telegram, clock, ledger } = world;
  const groups = new Set(Object.values(plan).flatMap((slots) => Object.keys(slots)));
  for (const id of groups) world.group(id, Number(id.slice(1)));
  for (const id of Object.keys(plan)) world.session(id);
  for (const [session, slots] of Object.entries(plan))
    for (const [group, seconds] of Object.entries(slots)) world.delivery(session, group, seconds);
  const abort = new AbortController();
  const run = () => {
    const deps = only<Dependencies>({ clock, store: bots.store, ledger });
    const deliveries = bots.deliveries.map((delivery): Delivery => ({ ...delivery }));
    const work = { cycle: world.cycle, sessions: bots.sessions, deliveries, abort, cut: abort.signal };
    const lanes = new CycleLanes(deps, world.lane, work).run();
    return clock.run(lanes.finally(() => ledger.flush()));
  };
  return {
    ...{ world, bots, telegram, clock, abort, run },
    /** "account group second" of each send */
    sends: () => telegram.sent.map(({ session, to, at }) => `${session} g${to} ${at / 1000}`),
    /** the rows that are not sent */
    unsent: () =>
      bots.deliveries
        .filter(({ state }) => state !== "sent")
        .map(({ id, sessionId, state, outcome }) => [id, sessionId, state, outcome]),
    /** the next send to the chat comes to this */
    answer: (group: string, ...outcomes: Outcome[]) => void telegram.answers.set(group.slice(1), outcomes),
  };
}

test("every account posts its own, side by side", async () => {
  const { sends, run } = scene({ a: { g1: 0, g2: 5 }, b: { g3: 0, g4: 5 }, c: {} });
  expect([...(await run())].sort()).toEqual([
    ["a", "finished"],
    ["b", "finished"],
    ["c", "finished"],
  ]);
  expect(sends()).toEqual(["a g1 0", "b g3 0", "a g2 5", "b g4 5"]);
});

test("what a dead account never tried goes to those that live, behind their own slots", async () => {
  const { answer, sends, unsent, run } = scene({
    dead: { g1: 0, g2: 5, g3: 10, g4: 15 },
    b: { g5: 0, g6: 20 },
    c: { g7: 0, g8: 30 },
  });
  answer("g1", DEAD);
  const ends = await run();
  expect(ends.get("dead")).toBe("session_lost");
  expect(sends()).toEqual(["dead g1 0", "b g5 0", "c g7 0", "b g6 20", "b g2 25", "c g8 30", "b g3 30", "b g4 35"]);
  expect(unsent()).toEqual([["dead in g1", "dead", "failed", "session_dead"]]);
});

test("a lane that has finished begins anew, a delay after now", async () => {
  const { telegram, answer, sends, run } = scene({ dead: { g1: 60, g2: 65, g3: 70 }, b: { g4: 0 } });
  answer("g1", DEAD);
  const ends = await run();
  expect(ends.get("b")).toBe("finished");
  expect(sends()).toEqual(["b g4 0", "dead g1 60", "b g2 65", "b g3 70"]);
  expect(telegram.connections.map(({ session }) => session)).toEqual(["b", "dead", "b"]);
});

test("a delay lies between the heir's last post, however late it was, and what it inherits", async () => {
  const { world, answer, sends, run } = scene({ dead: { g1: 11, g2: 16 }, b: { g3: 0 } });
  world.ledger.answers.set("b in g3", [{ kind: "wait", until: world.at(12), why: "cooldown" }]);
  answer("g1", DEAD);
  await run();
  expect(sends()).toEqual(["dead g1 11", "b g3 12", "b g2 17"]);
});

test("nothing goes to an account that is refused there; what nobody may take is left out with the reason", async () => {
  const { bots, answer, sends, unsent, run } = scene({ dead: { g1: 0, g2: 5, g3: 10 }, b: { g4: 0 }, c: { g5: 0 } });
  const refusal = { until: null, lasting: true };
  bots.refusals = [
    { sessionId: "b", groupId: "g2", ...refusal },
    { sessionId: "b", groupId: "g3", ...refusal },
    { sessionId: "c", groupId: "g3", ...refusal },
  ];
  answer("g1", DEAD);
  await run();
  expect(sends().filter((send) => send.includes("g2") || send.includes("g3"))).toEqual(["c g2 5"]);
  expect(unsent()).toContainEqual(["dead in g3", "dead", "skipped", "session_lost"]);
});

test("what the account failed at without a claim is settled before its heirs are chosen, and not theirs", async () => {
  const { telegram, sends, unsent, run } = scene({ dead: { g1: 0, g2: 5 }, b: { g3: 0 } });
  // it dies as it looks the group up
  telegram.chats.set("@g1", DEAD);
  await run();
  expect(sends()).toEqual(["b g3 0", "b g2 5"]);
  expect(unsent()).toEqual([["dead in g1", "dead", "failed", "session_dead"]]);
});

test("what may have arrived stays with its account", async () => {
  const { answer, sends, unsent, run } = scene({ dead: { g1: 0, g2: 5, g3: 10 }, b: { g4: 0 } });
  // the answer to the first try was lost, and the second has to wait
  answer("g1", { kind: "slow_mode", seconds: 300, code: "SLOWMODE_WAIT_300", unanswered: true });
  answer("g2", DEAD);
  await run();
  expect(sends()).toEqual(["dead g1 0", "b g4 0", "dead g2 5", "b g3 10"]);
  expect(unsent()).toEqual([
    ["dead in g1", "dead", "sending", "slow_mode"],
    ["dead in g2", "dead", "failed", "session_dead"],
  ]);
});

test("in STARTER it is left out: every account posts to every group anyway", async () => {
  const { world, answer, sends, unsent, run } = scene({ dead: { g1: 0, g2: 5 }, b: { g2: 0, g1: 5 } });
  world.cycle = { ...world.cycle, executionMode: "starter", totalCycleMinutes: 60 };
  answer("g1", DEAD);
  await run();
  expect(sends()).toEqual(["dead g1 0", "b g2 0", "b g1 5"]);
  expect(unsent()).toEqual([
    ["dead in g1", "dead", "failed", "session_dead"],
    ["dead in g2", "dead", "skipped", "session_lost"],
  ]);
});

test("what a limited account leaves is decided likewise, with its own reason", async () => {
  const { bots, answer, unsent, run } = scene({ limited: { g1: 0, g2: 5 } });
  answer("g1", LIMITED);
  expect((await run()).get("limited")).toBe("session_resting");
  expect(unsent()).toContainEqual(["limited in g2", "limited", "skipped", "session_resting"]);
  expect(bots.sessions[0]).toMatchObject({ needsAdmin: true });
});

test("two accounts that are lost at once leave all to the third, and nothing to each other", async () => {
  const { answer, sends, unsent, run } = scene({ a: { g1: 0, g2: 5 }, b: { g3: 0, g4: 5 }, c: { g5: 0 } });
  answer("g1", DEAD);
  answer("g3", DEAD);
  await run();
  expect(sends()).toEqual(["a g1 0", "b g3 0", "c g5 0", "c g2 5", "c g4 10"]);
  expect(unsent()).toEqual([
    ["a in g1", "a", "failed", "session_dead"],
    ["b in g3", "b", "failed", "session_dead"],
  ]);
});

test("an heir that dies leaves what it had inherited to the next", async () => {
  const { answer, sends, unsent, run } = scene({ a: { g1: 0, g2: 5 }, b: { g3: 0, g4: 8 }, c: { g5: 0, g6: 60 } });
  answer("g1", DEAD);
  answer("g4", DEAD);
  await run();
  expect(sends()).toEqual(["a g1 0", "b g3 0", "c g5 0", "b g4 8", "c g6 60", "c g2 65"]);
  expect(unsent().map(([id]) => id)).toEqual(["a in g1", "b in g4"]);
});

test("an account that rests, for a time or for an admin, inherits nothing", async () => {
  const tomorrow = new Date("2030-01-02T00:00:00Z");
  for (const rest of [
    { until: tomorrow, needsAdmin: false },
    { until: null, needsAdmin: true },
  ]) {
    const { bots, telegram, sends, unsent, run } = scene({ dead: { g1: 0, g2: 5 }, b: { g3: 0 } });
    // it has posted all its own by then, and is told to rest in this cycle
    telegram.answers.set("1", [
      async () => {
        await bots.tx.sessions.rest("b", { ...rest, reason: "", code: "" });
        return DEAD;
      },
    ]);
    await run();
    expect(sends()).toEqual(["dead g1 0", "b g3 0"]);
    expect(unsent()).toContainEqual(["dead in g2", "dead", "skipped", "session_lost"]);
  }
});

test("nor does one whose lane waits for the end of a rest", async () => {
  const { telegram, answer, sends, unsent, run } = scene({ dead: { g1: 30, g2: 35 }, b: { g3: 0 }, c: { g4: 0 } });
  telegram.answers.set("3", [{ kind: "flood_wait", seconds: 60, method: "any", code: "FLOOD_WAIT_60" }]);
  answer("g1", DEAD);
  await run();
  expect(sends()).toEqual(["b g3 0", "c g4 0", "dead g1 30", "c g2 35", "b g3 60"]);
  expect(unsent()).toEqual([["dead in g1", "dead", "failed", "session_dead"]]);
});

test("nor one that an admin took out of the bot meanwhile", async () => {
  const { bots, telegram, unsent, run } = scene({ dead: { g1: 0, g2: 5 }, b: { g3: 0 } });
  telegram.answers.set("1", [
    async () => {
      await bots.tx.sessions.release("b");
      return DEAD;
    },
  ]);
  await run();
  expect(unsent()).toContainEqual(["dead in g2", "dead", "skipped", "session_lost"]);
});

test("nor one whose lane is over for another reason: what it could not do itself waits for the next cycle", async () => {
  const { world, answer, sends, unsent, run } = scene({ dead: { g1: 700, g2: 705 }, b: { g3: 0 } });
  world.ledger.answers.set("b in g3", [{ kind: "wait", until: world.at(3600), why: "cooldown" }]);
  answer("g1", DEAD);
  const ends = await run();
  expect([ends.get("b"), sends()]).toEqual(["cycle_ended", ["dead g1 700"]]);
  expect(unsent()).toEqual([
    ["dead in g1", "dead", "failed", "session_dead"],
    ["dead in g2", "dead", "skipped", "session_lost"],
    ["b in g3", "b", "planned", null],
  ]);
});

test("a cycle that is another's by now ends all its lanes", async () => {
  const { world, sends, run } = scene({ a: { g1: 0 }, b: { g2: 1, g3: 60 } });
  world.ledger.answers.set("a in g1", [{ kind: "lost" }]);
  const ends = await run();
  expect([ends.get("a"), ends.get("b"), sends()]).toEqual(["lost", "aborted", []]);
});

test("an account without slots that waits for an admin is out, and inherits nothing", async () => {
  const { world, bots, answer, unsent, run } = scene({ dead: { g1: 0, g2: 5 } });
  world.session("limited", { needsAdmin: true });
  answer("g1", DEAD);
  expect((await run()).get("limited")).toBe("session_resting");
  expect(unsent()).toContainEqual(["dead in g2", "dead", "skipped", "session_lost"]);
  expect(bots.changes).toContain("bot");
});

test("when the lanes are told to end nothing is decided: what is open stays so", async () => {
  const { telegram, abort, unsent, run } = scene({ dead: { g1: 0, g2: 5 }, b: { g3: 0, g4: 60 } });
  telegram.answers.set("1", [
    () => {
      abort.abort();
      return DEAD;
    },
  ]);
  await run();
  expect(unsent()).toContainEqual(["dead in g2", "dead", "planned", null]);
});

test.each([{ epoch: 2 }, { state: "open" } as const, { state: "closed" } as const])(
  "nor of a cycle that is another's or not running by now: %j",
  async (change) => {
    const { world, telegram, unsent, run } = scene({ dead: { g1: 0, g2: 5 }, b: { g3: 0 } });
    telegram.answers.set("1", [
      () => {
        world.cycle = { ...world.cycle, ...change };
        return DEAD;
      },
    ]);
    await run();
    expect(unsent()).toContainEqual(["dead in g2", "dead", "planned", null]);
  },
);

test("nor of a bot that is stopped by now, before this engine has heard of it", async () => {
  const { bots, telegram, unsent, run } = scene({ dead: { g1: 0, g2: 5 }, b: { g3: 0 } });
  telegram.answers.set("1", [
    async () => {
      await bots.tx.bots.update("bot", { status: "stopped", stopReason: "user" });
      return DEAD;
    },
  ]);
  await run();
  expect(unsent()).toContainEqual(["dead in g2", "dead", "planned", null]);
});

test("a lane that stops the bot ends the others", async () => {
  const { bots, answer, sends, unsent, run } = scene({ a: { g1: 0 }, b: { g2: 1, g3: 60 } });
  answer("g1", { kind: "content_refused", code: "MESSAGE_EMPTY" });
  const ends = await run();
  expect([ends.get("a"), ends.get("b")]).toEqual(["bot_stopped", "aborted"]);
  expect(sends()).toEqual(["a g1 0"]);
  expect(unsent()).toContainEqual(["b in g3", "b", "planned", null]);
  expect(bots.bot.status).toBe("stopped");
});

test("a fault of ours in one lane is thrown when the others have ended", async () => {
  const { telegram, sends, run } = scene({ a: { g1: 0 }, b: { g2: 0, g3: 60 } });
  telegram.answers.set("1", [
    () => {
      throw new Error("our fault");
    },
  ]);
  await expect(run()).rejects.toThrow("our fault");
  expect([sends().includes("b g3 60"), telegram.closed]).toEqual([false, telegram.connections.length]);
});

test("a fault of ours in deciding what becomes of an account's slots ends the other lanes as well", async () => {
  const { bots, clock, answer, sends, unsent, run } = scene({ dead: { g1: 10, g2: 15 }, b: { g3: 0, g4: 3600 } });
  Object.assign(bots.tx.cycles, {
    reassign: async () => {
      throw new Error("our fault");
    },
  });
  answer("g1", DEAD);
  await expect(run()).rejects.toThrow("our fault");
  expect([sends(), clock.monotonic()]).toEqual([["b g3 0", "dead g1 10"], 10_000]);
  expect(unsent().slice(1)).toEqual([
    ["dead in g2", "dead", "planned", null],
    ["b in g4", "b", "planned", null],
  ]);
});
