import type { BotEvent } from "@herald/contract";
import type { Identity, User } from "@herald/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Mailbox } from "../src/events/event-feed.ts";
import type { Database } from "../src/index.ts";
import { claim, runningCycle, settlement } from "./cycle.ts";
import { servicesOver } from "./services.ts";
import { openWorld } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;
/** Another engine: what happens in one is heard in the other. */
let other: Database;
beforeAll(async () => {
  world = await openWorld();
  other = await world.open();
});
afterAll(() => world.close());

type Sent = { id: string; event: BotEvent };

/** Collects what a subscriber hears; `until` waits for the first event that `pick` takes. */
function hear(database: Database, listener: Identity, since: string | null) {
  const stop = new AbortController();
  const heard: Sent[] = [];
  let wake = () => {};
  const done = (async () => {
    for await (const sent of servicesOver({ database }).events.subscribe(listener, since, stop.signal)) {
      heard.push(sent);
      wake();
    }
  })();
  return {
    heard,
    async until(pick: (event: BotEvent) => boolean): Promise<Sent> {
      for (let seen = 0; ; ) {
        for (; seen < heard.length; seen++) {
          const sent = heard[seen];
          if (sent && pick(sent.event)) return sent;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async stop() {
      stop.abort();
      await done;
    },
  };
}
/** Somebody with a sign-in of theirs. */
const signedIn = async (user: User): Promise<Identity> => {
  const times = { at: new Date(), expiresAt: new Date(Date.now() + 3_600_000) };
  const { id, expiresAt } = await world.store.transaction((tx) =>
    tx.signIns.add({ userId: user.id, ...times, userAgent: null, address: null }),
  );
  return { user, credential: { kind: "sign_in", id, expiresAt } };
};
const isProgressWith = (state: string) => (event: BotEvent) =>
  event.type === "progress" && event.slots.some((slot) => slot.state === state);

let chat = 5000;
const cycle = async (count = 1) => runningCycle(world, { chats: Array.from({ length: count }, () => `-100${++chat}`) });

test("a dashboard on one engine hears what another engine posts", async () => {
  const { user, slots } = await cycle();
  const [slot] = slots as [(typeof slots)[0]];
  const dashboard = hear(other, await signedIn(user), await other.events.newest());
  await claim(world.database, slot);
  await dashboard.until(isProgressWith("sending"));
  world.database.ledger.settle(settlement(slot, { messageId: 9, log: { level: "info", text: "Posted." } }));
  const { event } = await dashboard.until(isProgressWith("sent"));
  expect(event).toMatchObject({
    cycle: { counts: { sent: 1, planned: 0 } },
    slots: [{ id: slot.deliveryId, messageLink: "https://t.me/group_0/9" }],
    stats: { totalSuccess: 1, activeSessions: 1 },
    log: [{ text: "Posted." }],
  });
  await dashboard.stop();
});

test("who was away hears what was missed, and nothing of anyone else", async () => {
  const { user, slots } = await cycle();
  const [slot] = slots as [(typeof slots)[0]];
  const since = await other.events.newest();
  await claim(world.database, slot);
  world.database.ledger.settle(settlement(slot));
  await world.database.ledger.flush();
  const stranger = await world.user();
  await world.store.transaction((tx) => tx.changed(stranger.id, "bot"));
  await world.store.transaction((tx) => tx.changed(user.id, "groups"));
  const dashboard = hear(other, await signedIn(user), since);
  await dashboard.until((event) => event.type === "groups");
  expect(dashboard.heard.map(({ event }) => event.type)).toEqual(["progress", "groups"]);
  expect(dashboard.heard[0]?.id).toBe(since);
  expect(dashboard.heard[1]?.id).toBe(await other.events.newest());
  await dashboard.stop();
});

test("who takes up from something that is no longer kept is told everything", async () => {
  const { user } = await cycle(3);
  const dashboard = hear(other, await signedIn(user), "999999999");
  await dashboard.until((event) => event.type === "groups");
  expect(dashboard.heard.map(({ event }) => event.type)).toEqual(["progress", "bot", "groups"]);
  expect(dashboard.heard[0]?.event).toMatchObject({ slots: [{}, {}, {}] });
  await dashboard.stop();
});

test("admins hear of the pool, and users do not", async () => {
  const user = await world.user();
  const chief = { ...(await world.user()), role: "admin" } as const;
  await world.store.transaction((tx) => tx.users.update(chief.id, { role: "admin" }));
  const since = await other.events.newest();
  const admin = hear(other, await signedIn(chief), since);
  const plain = hear(other, await signedIn(user), since);
  await world.store.transaction((tx) => tx.poolChanged());
  for (const { id } of [user, chief]) await world.store.transaction((tx) => tx.changed(id, "bot"));
  await Promise.all([admin, plain].map((one) => one.until((event) => event.type === "bot")));
  await admin.until((event) => event.type === "pool");
  expect(plain.heard.map(({ event }) => event.type)).toEqual(["bot"]);
  await Promise.all([admin.stop(), plain.stop()]);
});

test("no event is missed between the subscription and the past, however they interleave", async () => {
  const { user, slots } = await cycle(60);
  const since = await world.database.events.newest();
  const posting = Promise.all(
    slots.map(async (slot) => {
      await claim(world.database, slot);
      world.database.ledger.settle(settlement(slot));
      await world.database.ledger.flush();
    }),
  );
  const listener = await signedIn(user);
  const dashboards = await Promise.all(
    Array.from({ length: 5 }, async (_, index) => {
      for (let turn = 0; turn < index * 3; turn++) await other.ping();
      return hear(other, listener, since);
    }),
  );
  await posting;
  for (const dashboard of dashboards) {
    const sent = new Set<string>();
    await dashboard.until((event) => {
      if (event.type === "progress") for (const slot of event.slots) if (slot.state === "sent") sent.add(slot.id);
      return sent.size === slots.length;
    });
    const ids = dashboard.heard.map(({ id }) => BigInt(id));
    expect(ids).toEqual([...ids].sort((a, b) => Number(a - b)));
    await dashboard.stop();
  }
});

test("an event becomes visible only after every older one: who writes the next waits for the commit", async () => {
  const user = await world.user();
  const publish = ["SELECT herald_publish($1)", [JSON.stringify([{ user_id: user.id, type: "groups" }])]] as const;
  const first = await world.sql.connect();
  await first.query("BEGIN");
  await first.query(publish[0], [...publish[1]]);
  const second = world.sql.query(publish[0], [...publish[1]]).then(() => "passed");
  const isBlocked = async () => {
    for (;;) {
      const { rowCount } = await world.sql.query(
        "SELECT FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()",
      );
      if (rowCount === 1) return "waits";
    }
  };
  expect(await Promise.race([second, isBlocked()])).toBe("waits");
  await first.query("COMMIT");
  first.release();
  expect(await second).toBe("passed");
});

test("a stop is told to every engine's cycle runner, also when its connection broke meanwhile", async () => {
  const user = await world.user();
  const told: string[] = [];
  let wake = () => {};
  const off = other.events.onBotChanged((userId) => {
    told.push(userId);
    wake();
  });
  const next = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  const dashboard = hear(other, await signedIn(user), await other.events.newest());
  let heard = next();
  await world.store.transaction((tx) => tx.changed(user.id, "bot"));
  await heard;
  await dashboard.until((event) => event.type === "bot");
  heard = next();
  await world.sql.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'herald events' AND datname = current_database()",
  );
  await world.store.transaction((tx) => tx.changed(user.id, "bot"));
  await heard;
  expect(told.filter((userId) => userId === user.id).length).toBeGreaterThanOrEqual(2);
  off();
  await dashboard.stop();
});

test("what waits for a subscriber that does not read is bounded", async () => {
  const stop = new AbortController();
  const mailbox = new Mailbox(stop.signal);
  const told = { before: "0", id: "1", change: { progress: null, bot: false, groups: true, pool: false } };
  mailbox.put(told);
  expect(await mailbox.take()).toEqual([told]);
  for (let count = 0; count < 1000; count++) mailbox.put(told);
  expect(await mailbox.take()).toBe("overflown");
  mailbox.put(told);
  expect(await mailbox.take()).toEqual([told]);
  const pending = mailbox.take();
  stop.abort();
  expect(await pending).toEqual([]);
});
