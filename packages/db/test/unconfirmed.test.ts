import { afterEach, beforeEach, expect, test } from "vitest";
import { claim, runningCycle, settlement } from "./cycle.ts";
import { openWorld } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const after = (at: Date, seconds: number) => new Date(at.getTime() + seconds * 1000);

/** A bot with three posts, all due at `due`. */
async function dueBot() {
  const made = await runningCycle(world, { chats: ["-1001", "-1002", "-1003"] });
  const [first, second] = made.slots;
  if (first === undefined || second === undefined) throw new Error("no slots");
  const due = after(new Date(), -10);
  await world.sql.query("UPDATE deliveries SET planned_at = $2 WHERE cycle_id = $1", [made.cycle.id, due]);
  const seen = (now: Date) => world.database.views.unconfirmed(now, made.user.id);
  const change = (statement: string, ...values: unknown[]) => world.sql.query(statement, values);
  return { ...made, due, first, second, seen, change };
}

test("posts that are due and not confirmed are told of after a minute, per bot and for all", async () => {
  const { user, due, seen } = await dueBot();
  const other = await world.user();
  expect(await seen(after(due, 60))).toEqual([]);
  const told = [{ userId: user.id, since: due.toISOString(), due: 3 }];
  expect(await seen(after(due, 61))).toEqual(told);
  expect(await world.database.views.unconfirmed(after(due, 61))).toEqual(told);
  expect(await world.database.views.unconfirmed(after(due, 61), other.id)).toEqual([]);
  const { needsYou } = await world.database.views.overview(after(due, 180));
  expect(needsYou.find(({ id }) => id === user.id)?.message).toContain(
    `${user.email}: posts are due (3), and Telegram has confirmed none for 3 min`,
  );
});

test("of two bots the one is told of by its own state, posts, accounts and settlements", async () => {
  const [one, other] = [await dueBot(), await dueBot()];
  const late = after(one.due, 200);
  const told = async (seen: typeof one.seen) => (await seen(late)).map((bot) => bot.due);
  // an account of its own that has none of these posts
  const { id } = await world.session();
  await one.change("UPDATE sessions SET place = 'assigned', user_id = $2 WHERE id = $1", id, one.user.id);
  expect([await told(one.seen), await told(other.seen)]).toEqual([[3], [3]]);
  // a post of the other was confirmed just now
  await claim(world.database, other.first);
  world.database.ledger.settle(settlement(other.first, { at: late }));
  await world.database.ledger.flush();
  expect([await told(one.seen), await told(other.seen)]).toEqual([[3], []]);
  // its account is limited, and its bot is stopped
  await one.change("UPDATE sessions SET needs_admin = true WHERE user_id = $1", other.user.id);
  await one.change("UPDATE bots SET status = 'stopped', stop_reason = 'user' WHERE user_id = $1", other.user.id);
  expect(await told(one.seen)).toEqual([3]);
  await one.change("UPDATE bots SET status = 'stopped', stop_reason = 'user' WHERE user_id = $1", one.user.id);
  await one.change("UPDATE bots SET status = 'running', stop_reason = NULL WHERE user_id = $1", other.user.id);
  expect(await told(one.seen)).toEqual([]);
  // an account that serves another user by now posts nothing for this one
  await one.change("UPDATE bots SET status = 'running', stop_reason = NULL WHERE user_id = $1", one.user.id);
  await one.change(
    "UPDATE sessions SET user_id = $2, needs_admin = false WHERE user_id = $1",
    one.user.id,
    other.user.id,
  );
  expect(await told(one.seen)).toEqual([]);
});

test("a settlement counts from its time and the delay between two posts", async () => {
  const { user, cycle, due, first, seen, change } = await dueBot();
  await claim(world.database, first);
  world.database.ledger.settle(settlement(first, { at: after(due, 50) }));
  await world.database.ledger.flush();
  await change("UPDATE cycles SET delay_between_posts = 100 WHERE id = $1", cycle.id);
  expect(await seen(after(due, 210))).toEqual([]);
  expect(await seen(after(due, 211))).toEqual([{ userId: user.id, since: after(due, 150).toISOString(), due: 2 }]);
});

test("what is held by a wait is not due before it ends", async () => {
  const { due, sessions, first, seen, change } = await dueBot();
  const session = sessions[0]?.id;
  const isTold = async (seconds: number) => (await seen(after(due, seconds))).map((bot) => bot.due);
  // one slot in slow mode: the others are due
  await change(
    "UPDATE deliveries SET outcome = 'slow_mode', wait_until = $2 WHERE id = $1",
    first.deliveryId,
    after(due, 500),
  );
  expect(await isTold(61)).toEqual([2]);
  // the same, but it is we who wait: Telegram has given no answer
  await change("UPDATE deliveries SET outcome = 'unknown' WHERE id = $1", first.deliveryId);
  expect(await isTold(61)).toEqual([3]);
  await change("UPDATE deliveries SET outcome = NULL, wait_until = NULL");
  // the account rests, and has a minute after it
  await change("UPDATE sessions SET resting_until = $2 WHERE id = $1", session, after(due, 300));
  expect([await isTold(200), await isTold(360), await isTold(361)]).toEqual([[], [], [3]]);
  await change("UPDATE sessions SET resting_until = NULL, needs_admin = true");
  expect(await isTold(61)).toEqual([]);
  await change("UPDATE sessions SET needs_admin = false, lookups_wait_until = $1", after(due, 300));
  expect(await isTold(61)).toEqual([3]);
  // who is to be looked up waits for it
  await change("UPDATE groups SET chat_id = NULL WHERE id = $1", first.groupId);
  expect(await isTold(61)).toEqual([2]);
});

test("what is tried for the first time late is due from then, and a bot that does not run has nothing due", async () => {
  const { due, first, bot, cycle, seen, change } = await dueBot();
  await change("UPDATE deliveries SET planned_at = $2 WHERE id <> $1", first.deliveryId, after(due, 1000));
  await change(
    "UPDATE deliveries SET state = 'sending', attempts = 1, tried_at = $2 WHERE id = $1",
    first.deliveryId,
    after(due, 100),
  );
  expect(await seen(after(due, 160))).toEqual([]);
  expect(await seen(after(due, 161))).toHaveLength(1);
  await change("UPDATE cycles SET state = 'open', engine_id = NULL WHERE id = $1", cycle.id);
  expect(await seen(after(due, 161))).toEqual([]);
  await change("UPDATE cycles SET state = 'running' WHERE id = $1", cycle.id);
  await world.store.transaction((tx) => tx.bots.update(bot.id, { status: "stopped", stopReason: "user" }));
  expect(await seen(after(due, 161))).toEqual([]);
});
