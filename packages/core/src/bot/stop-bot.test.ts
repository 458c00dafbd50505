import { expect, test } from "vitest";
import { ENGINE } from "../model/actor.ts";
import { aBot, FakeBots } from "../testing/fake-bots.ts";
import { type Stop, stopBot } from "./stop-bot.ts";

const at = new Date("2030-01-01T00:00:00Z");
const earlier = new Date("2029-01-01T00:00:00Z");
const stop = (fakes: FakeBots, more: Partial<Stop> = {}) =>
  stopBot(fakes.tx, fakes.bot, {
    actor: ENGINE,
    reason: "admin",
    text: "An admin stopped posting.",
    level: "info",
    at,
    ...more,
  });

test("a running bot is stopped with its reason, a line and its events", async () => {
  const fakes = new FakeBots();
  fakes.bot = aBot({ status: "running", stopReason: null, nextCycleAt: at });
  await stop(fakes);
  expect(fakes.bot).toMatchObject({
    status: "stopped",
    stopReason: "admin",
    stopMessage: "An admin stopped posting.",
    stoppedAt: at,
    nextCycleAt: null,
    breakerTrippedAt: null,
  });
  expect(fakes.log).toEqual([{ botId: "bot", userId: "user", level: "info", text: "An admin stopped posting." }]);
  expect(fakes.changes).toEqual(["bot", "pool"]);
  expect(fakes.audited).toEqual([
    {
      actor: ENGINE,
      action: "bot.stop",
      target: { kind: "bot", id: "bot" },
      userId: "user",
      before: { status: "running", stopReason: null },
      after: { status: "stopped", stopReason: "admin" },
    },
  ]);
});

test("a line that stands in the log already is not written twice", async () => {
  const fakes = new FakeBots();
  fakes.bot = aBot({ status: "running" });
  await stop(fakes, { level: null });
  expect(fakes.log).toEqual([]);
});

test("a bot that stands keeps its reason, and nothing is told", async () => {
  const fakes = new FakeBots();
  fakes.bot = aBot({ stopReason: "user", stoppedAt: earlier });
  await stop(fakes);
  expect([fakes.bot.stopReason, fakes.log, fakes.changes]).toEqual(["user", [], []]);
});

test("the breaker trips once, also when the bot stands already", async () => {
  const fakes = new FakeBots();
  fakes.bot = aBot({ stopReason: "user", stoppedAt: earlier });
  const breaker = { reason: "breaker", text: "Two accounts died.", level: "error" } as const;
  await stop(fakes, breaker);
  expect(fakes.bot).toMatchObject({ breakerTrippedAt: at, stopReason: "breaker", stoppedAt: earlier });
  expect(fakes.log.map(({ text }) => text)).toEqual(["Two accounts died."]);
  await stop(fakes, breaker);
  expect(fakes.log).toHaveLength(1);
});
