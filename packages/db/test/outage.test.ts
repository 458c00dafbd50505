import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDatabase } from "@herald/scripts/database";
import { migrate } from "@herald/scripts/migrate";
import { randomPasswords } from "@herald/scripts/test-database";
import { openDoorTo } from "@herald/testing/door";
import { expect, onTestFinished, test } from "vitest";
import { claim, runningCycle, settlement } from "./cycle.ts";
import { openWorld } from "./world.ts";

test("while PostgreSQL is away claims wait and settlements are kept; when it is back nothing is lost or twice", async () => {
  const folder = mkdtempSync(join(tmpdir(), "herald-outage-"));
  chmodSync(folder, 0o711); // root's PostgreSQL runs as another user
  const passwords = randomPasswords();
  const start = { folder: join(folder, "postgresql"), name: "herald", passwords, durable: false };
  let server = await startDatabase(start);
  onTestFinished(() => {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await migrate(server.url);
  const world = await openWorld({}, server.url);
  onTestFinished(() => world.close());
  await world.database.engines.boot("e1");
  const { user, slots } = await runningCycle(world, {
    chats: Array.from({ length: 6 }, (_, index) => `-100${index + 1}`),
  });
  const [a, b, ...rest] = slots as [(typeof slots)[0], (typeof slots)[0], ...typeof slots];
  await Promise.all([claim(world.database, a), claim(world.database, b)]);

  server.stop();
  world.database.ledger.settle(settlement(a, { messageId: 1 }));
  world.database.ledger.settle(settlement(b, { state: "planned", outcome: "flood_wait", messageId: null }));
  const answers: string[] = [];
  const claims = rest.map(async (slot) => answers.push((await claim(world.database, slot)).kind));
  const flushed = world.database.ledger.flush();
  await expect(world.database.ping()).rejects.toThrow();
  await expect(world.database.views.bot(user.id)).rejects.toMatchObject({ code: "database_unavailable" });
  await expect(world.store.transaction((tx) => tx.users.list())).rejects.toMatchObject({
    code: "database_unavailable",
  });
  expect(answers).toEqual([]);
  const stop = new AbortController();
  const aborted = world.database.ledger.claim(b, stop.signal);
  stop.abort(new Error("stopped"));
  await expect(aborted).rejects.toThrow("stopped");

  server = await startDatabase(start);
  // an engine that boots right then does not take the one that lived through it for dead
  const second = await world.open();
  expect(await second.engines.boot("e2")).toEqual({ alone: false });
  await flushed;
  await Promise.all(claims);
  expect(answers).toEqual(["go", "go", "go", "go"]);
  const { rows } = await world.sql.query("SELECT state, message_id FROM deliveries ORDER BY id");
  expect(rows.map((row) => row.state)).toEqual(["sent", "planned", "sending", "sending", "sending", "sending"]);
  expect((await world.database.views.bot(user.id)).stats).toMatchObject({
    totalPosts: 1,
    totalSuccess: 1,
    totalFloodWaits: 1,
  });
}, 60_000);

/** The end of a new connection's first answer: it is ready for queries. */
const READY = Buffer.from("5a0000000549", "hex");
const LAST_WORDS = Buffer.from(
  "SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0",
  "latin1",
);
/** What PostgreSQL says to a connection when it is stopped. https://www.postgresql.org/docs/current/protocol-message-formats.html */
const STOPPED = Buffer.concat([Buffer.from("E"), Buffer.alloc(4), LAST_WORDS]);
STOPPED.writeInt32BE(4 + LAST_WORDS.length, 1);

/**
 * Passes everything on to PostgreSQL; once `loseAnswer` is called it cuts the line at the next answer instead, and once
 * `stopWhenReady` was called, new connections hear that PostgreSQL stops in the same breath as that they are ready.
 */
async function startProxy(target: string) {
  let losing = 0;
  let stopping = false;
  let lost = 0;
  const { url, shut } = await openDoorTo(target, {
    toClient: (data, client) => {
      if (stopping && data.subarray(-READY.length).equals(READY)) client.end(Buffer.concat([data, STOPPED]));
      else if (losing === 0) client.write(data);
      else {
        losing -= 1;
        lost += 1;
        client.destroy();
      }
    },
  });
  return {
    url,
    loseAnswer: (times: number) => {
      losing = times;
    },
    stopWhenReady: () => {
      stopping = true;
    },
    get lost() {
      return lost;
    },
    stop: shut,
  };
}

test("PostgreSQL that stops in the moment in which a connection is made is away, and no end of the process", async () => {
  const world = await openWorld();
  onTestFinished(() => world.close());
  const proxy = await startProxy(world.url);
  onTestFinished(proxy.stop);
  proxy.stopWhenReady();
  const { store } = await world.open({ url: proxy.url });
  await expect(store.transaction((tx) => tx.users.list())).rejects.toMatchObject({ code: "database_unavailable" });
});

test("an answer that is lost on the way changes nothing: what was committed counts once", async () => {
  const world = await openWorld();
  onTestFinished(() => world.close());
  const proxy = await startProxy(world.url);
  onTestFinished(proxy.stop);
  const database = await world.open({ url: proxy.url });
  const { user, slots } = await runningCycle(world, { chats: ["-1001", "-1002", "-1003"] });
  const [a, b, c] = slots as [(typeof slots)[0], (typeof slots)[0], (typeof slots)[0]];
  await Promise.all([claim(database, a), claim(database, b)]);
  proxy.loseAnswer(1);
  const log = { level: "info", text: "Posted." } as const;
  database.ledger.settle(settlement(a, { log }));
  database.ledger.settle(settlement(b, { state: "sending", outcome: "unknown", messageId: null, log }));
  expect(await claim(database, c)).toEqual({ kind: "go" });
  expect(proxy.lost).toBe(1);
  expect((await world.database.views.bot(user.id)).stats).toMatchObject({
    totalPosts: 1,
    totalSuccess: 1,
    totalMessagesSent: 1,
  });
  expect(await world.database.views.log(user.id, { before: null, limit: 9 })).toHaveLength(2);
  const [counted] = await world.database.views.groups(user.id);
  expect(counted).toMatchObject({ sent: 1, failed: 0 });
});

test("who still asks while an engine closes its connections hears that the database is away, and not of a fault", async () => {
  const world = await openWorld();
  onTestFinished(() => world.close());
  const closing = await world.open();
  await closing.close();
  const away = { code: "database_unavailable" };
  await expect(closing.store.transaction((tx) => tx.users.list())).rejects.toMatchObject(away);
  await expect(closing.views.users()).rejects.toMatchObject(away);
});
