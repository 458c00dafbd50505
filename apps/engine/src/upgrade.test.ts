import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGateway, parseDc } from "@herald/telegram";
import { type Account, type Chat, type Emulator, World } from "@herald/telegram-emulator";
import { eventually } from "@herald/testing/scene";
import { expect, onTestFinished, test } from "vitest";
import { type FormerDelivery, leaveFormerHerald } from "./testing/former-herald.ts";
import { startStack } from "./testing/stack.ts";

/** How long the wait of the version before has still to go when the rows are made: longer than the test, and not so long that its lane leaves it out. Milliseconds. */
const WAIT_MS = 300_000;
const SENT = 6;
const PLANNED = 20;

test("a cycle that the version before left in the middle is finished after the upgrade: each open post once, nothing forgotten", async () => {
  const world = new World();
  const accounts = [0, 1].map((n) =>
    world.account({ phone: `9996900${n}`, firstName: `A${n}`, username: `former_${n}` }),
  );
  const [ada, bob] = accounts;
  if (ada === undefined || bob === undefined) throw new Error("no accounts");
  const source = world.channel({ username: "former_news", title: "News", members: accounts, posts: ["hello"] });
  let groups = 0;
  const delivery = (account: Account, more: Partial<FormerDelivery> = {}): FormerDelivery => {
    const n = groups++;
    const chat = world.supergroup({ username: `former_group_${n}`, title: `Group ${n}`, members: accounts });
    return { chat, account, state: "planned", randomId: BigInt(n + 1), ...more };
  };
  const sent = Array.from({ length: SENT }, () => delivery(ada, { state: "sent" }));
  const standing = delivery(ada, { state: "sending" });
  const unsent = delivery(bob, { state: "sending" });
  const planned = Array.from({ length: PLANNED }, (_, n) => delivery(n % 2 === 0 ? ada : bob));
  const waitUntil = new Date(Date.now() + WAIT_MS);
  const waiting = delivery(bob, { waitUntil });
  const refused = delivery(ada, { refused: true });
  const optedOut = delivery(bob, { optedOut: true });

  const folder = await mkdtemp(join(tmpdir(), "herald-upgrade-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const key = randomBytes(32);
  const { database, userId } = await leaveFormerHerald({
    key,
    folder,
    source,
    accounts,
    deliveries: [...sent, waiting, standing, unsent, ...planned, refused, optedOut],
  });
  const history = () =>
    database.query(
      `SELECT c.number, c.state, count(*)::int AS count, md5(string_agg(concat_ws(' ', d.id, d.session_id, d.group_id, d.chat_id,
         d.random_id, d.state, d.outcome, d.code, d.message_id, d.attempts, d.tried_at, d.settled_at), ',' ORDER BY d.id)) AS digest
       FROM cycles c JOIN deliveries d ON d.cycle_id = c.id WHERE c.number <= 20 GROUP BY 1, 2 ORDER BY 1`,
    );
  const before = await history();
  const [counted] = await database.query<{ success: number; failures: number }>(
    "SELECT total_success AS success, total_failures AS failures FROM stats",
  );
  if (counted === undefined) throw new Error("no stats");

  await database.upgrade();
  await using stack = await startStack({
    world,
    database,
    settings: { SESSION_KEY: key.toString("base64"), SESSIONS_DIR: folder },
  });
  const { emulator } = stack;
  await forwardOnce(emulator, ada, source, standing);
  await stack.startEngine("new");
  const user = stack.person(userId);
  expect(await user.api.bot.status.query()).toMatchObject({
    status: "stopped",
    stopReason: "engine_restart",
    cycle: { state: "open", counts: { planned: PLANNED + 3, sending: 2, sent: SENT, failed: 0, skipped: 0 } },
    stats: { totalSuccess: counted.success, totalFailures: counted.failures },
  });
  const posted = [standing, unsent, ...planned, waiting];
  const { record } = emulator;
  await user.api.bot.start.mutate({});
  const allButOne = () => record.entries().length >= posted.length - 1;
  if (!allButOne()) await record.waitFor(allButOne, { timeoutMs: 60_000 });
  await user.api.bot.stop.mutate();
  // it stood before the others of its account
  expect(record.entries({ chatId: waiting.chat.markedId })).toEqual([]);
  const over = "UPDATE session_chats SET wait_until = now() WHERE wait_until = $1 RETURNING chat_id";
  expect(await database.query(over, [waitUntil])).toEqual([{ chat_id: `${waiting.chat.markedId}` }]);
  await user.api.bot.start.mutate({});
  await eventually(async () => (await user.api.bot.status.query()).cycle?.state === "finished");

  const posts = record.entries();
  expect(posts.map(({ chatId, accountId, randomId }) => [chatId, accountId, randomId]).sort()).toEqual(
    posted.map(({ chat, account, randomId }) => [chat.markedId, account.id, String(randomId)]).sort(),
  );
  expect(emulator.counters.keyDuplicates).toEqual([]);

  expect(await user.api.bot.status.query()).toMatchObject({
    cycle: { counts: { planned: 0, sending: 0, sent: SENT + posted.length, failed: 0, skipped: 2 } },
    stats: { totalSuccess: counted.success + posted.length, totalFailures: counted.failures },
  });
  expect(
    await database.query(
      "SELECT chat_id, state, outcome FROM deliveries WHERE chat_id = ANY ($1) AND cycle_id = (SELECT id FROM cycles ORDER BY number DESC LIMIT 1) ORDER BY id",
      [[refused, optedOut].map(({ chat }) => chat.markedId)],
    ),
  ).toMatchObject([
    { chat_id: `${refused.chat.markedId}`, state: "skipped", outcome: "group_retired" },
    { chat_id: `${optedOut.chat.markedId}`, state: "skipped", outcome: "opted_out" },
  ]);
  const [standingRow] = await database.query(
    "SELECT message_id FROM deliveries WHERE random_id = $1 AND chat_id = $2",
    [standing.randomId, standing.chat.markedId],
  );
  expect(standingRow).toEqual({
    message_id: record.entries({ chatId: standing.chat.markedId })[0]?.messageId,
  });
  expect(await history()).toEqual(before);
});

/** The post that the killed engine had sent without hearing of it: it stands in the chat under the delivery's random_id. */
async function forwardOnce(emulator: Emulator, account: Account, source: Chat, { chat, randomId }: FormerDelivery) {
  const gateway = createGateway({ dc: parseDc(emulator.dc), rsaPublicKeyPem: emulator.rsaPublicKeyPem });
  const connected = await gateway.connect(
    {
      secret: { dcId: 2, host: null, port: null, authKey: account.authKey() },
      api: { apiId: 1, apiHash: "0".repeat(32) },
    },
    { signal: new AbortController().signal, mayUse: () => true },
  );
  if (connected.kind !== "connected") throw new Error(`not connected: ${connected.code}`);
  const peer = (of: Chat) =>
    ({ type: "channel", id: String(of.id), accessHash: String(of.accessHash(account)) }) as const;
  const outcome = await connected.client.forward({
    from: peer(source),
    messageId: 1,
    to: peer(chat),
    topicId: undefined,
    randomId,
    mayStand: false,
  });
  expect(outcome.kind).toBe("sent");
  await connected.client.close();
}
