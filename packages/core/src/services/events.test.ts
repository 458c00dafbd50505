import type { BotEvent } from "@herald/contract";
import { expect, test } from "vitest";
import type { Identity } from "../model/actor.ts";
import { HeraldError } from "../model/error.ts";
import type { Change, Events, Told, Views } from "../ports/index.ts";
import { aUser } from "../testing/fake-bots.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { only } from "../testing/only.ts";
import type { Dependencies } from "./dependencies.ts";
import { eventService } from "./events.ts";

const nothing: Change = { progress: null, bot: false, groups: false, pool: false };
const told = (change: Partial<Change>): Told => ({ change: { ...nothing, ...change }, before: "7", id: "9" });

const listener: Identity = {
  user: aUser({ id: "user", role: "admin" }),
  credential: { kind: "sign_in", id: "sign-in", expiresAt: null },
};

/** The service over events that are told to whoever subscribes. `asked`: which progress was read, one entry a reading. */
function scene(...stream: Told[]) {
  const clock = new FakeClock();
  const asked: unknown[] = [];
  const outage: Error[] = [];
  const service = eventService(
    only<Dependencies>({
      clock,
      events: only<Events>({
        async *subscribe() {
          yield* stream;
        },
      }),
      views: only<Views>({
        progress: async (userId, which) => {
          const error = outage.shift();
          if (error !== undefined) throw error;
          asked.push([userId, which]);
          return { cycle: null, slots: [], stats: null, log: [] };
        },
      }),
    }),
    { holds: async () => true },
  );
  const hear = async (signal = new AbortController().signal) => {
    const heard: Array<{ id: string; event: BotEvent }> = [];
    for await (const event of service.subscribe(listener, null, signal)) heard.push(event);
    return heard.map(({ id, event }) => [event.type, id]);
  };
  return { clock, asked, outage, hear };
}
const progress = { deliveryIds: ["1"], logIds: ["2"] };

test("of changes that come together only the last moves a page on", async () => {
  const { asked, hear } = scene(told({ progress, groups: true, pool: true }), told({ groups: true }), told({}));
  expect(await hear()).toEqual([
    ["progress", "7"],
    ["groups", "7"],
    ["pool", "9"],
    ["groups", "9"],
  ]);
  expect(asked).toEqual([["user", progress]]);
});

test("rows are read once, however many pages listen", async () => {
  const { asked, hear } = scene(told({ progress }), told({ progress }));
  const pages = await Promise.all([hear(), hear(), hear()]);
  expect(pages).toEqual(
    Array(3).fill([
      ["progress", "9"],
      ["progress", "9"],
    ]),
  );
  expect(asked).toHaveLength(2);
});

test("more slots than one event carries are all of them, and of the log the newest lines", async () => {
  const ids = Array.from({ length: 2_001 }, (_, index) => `${index}`);
  const most = { deliveryIds: ids.slice(1), logIds: ids.slice(-200) };
  const { asked, hear } = scene(
    told({ progress: { deliveryIds: ids, logIds: ids } }),
    told({ progress: { deliveryIds: ids.slice(1), logIds: ids } }),
  );
  await hear();
  expect(asked).toEqual([
    ["user", { ...most, deliveryIds: "all" }],
    ["user", most],
  ]);
});

test("what cannot be read while PostgreSQL is away is read when it is back, and a fault is thrown", async () => {
  const { clock, asked, outage, hear } = scene(told({ progress }));
  outage.push(new HeraldError("database_unavailable", "away"), new HeraldError("database_unavailable", "away"));
  expect(await clock.run(hear())).toEqual([["progress", "9"]]);
  expect(asked).toHaveLength(1);
  const faulty = scene(told({ progress }));
  faulty.outage.push(new Error("a fault"));
  await expect(faulty.hear()).rejects.toThrow("a fault");
  // what failed is not kept
  expect(await faulty.hear()).toEqual([["progress", "9"]]);
});

test("a page that goes while PostgreSQL is away ends quietly", async () => {
  const { clock, outage, hear } = scene(told({ progress }));
  outage.push(...Array.from({ length: 9 }, () => new HeraldError("database_unavailable", "away")));
  const page = new AbortController();
  const heard = hear(page.signal);
  await clock.advance(600);
  page.abort();
  expect(await heard).toEqual([]);
});
