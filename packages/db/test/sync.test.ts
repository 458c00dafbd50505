import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runningCycle } from "./cycle.ts";
import { servicesOver } from "./services.ts";
import { openWorld } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** How often each table is what a query reads first, while `work` is done. */
async function reads(work: () => Promise<unknown>) {
  const query = vi.spyOn(pg.Client.prototype, "query");
  await work();
  const texts = query.mock.calls.map(([first]) => (typeof first === "string" ? first : Object(first).text));
  query.mockRestore();
  const tables = texts.flatMap((text) => /(?<!epoch )\bFROM (?:"public"\.)?"?(\w+)"?/.exec(text)?.[1] ?? []);
  return Object.fromEntries([...Map.groupBy(tables, (table) => table)].map(([table, { length }]) => [table, length]));
}

test("the whole state of a dashboard is read with one query for each question", async () => {
  const { user } = await runningCycle(world, { sessions: 2, chats: ["-1001", "-1002"] });
  const { sync } = servicesOver(world);
  expect(await reads(() => sync.state(user.id))).toEqual({
    events: 1,
    users: 1,
    api_keys: 1,
    bots: 1,
    posts: 1,
    cycles: 1,
    stats: 1,
    bot_log: 1,
    // the bot's own, and how many the pool could give
    sessions: 2,
    // the list, how many of each state, and those that refuse
    groups: 3,
    // the slots, the last one that is open, and the day
    deliveries: 3,
  });
});
