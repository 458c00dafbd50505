import { type Account, type Chat, type Delivery, startEmulator, World } from "@herald/telegram-emulator";
import { expect, onTestFinished, test } from "vitest";
import type { BookedDelivery } from "../books.ts";
import { chatIdentity } from "./chat-identity.ts";
import { intoOptedOut, ofDisabled } from "./closed.ts";
import { tooClose } from "./cooldown.ts";
import { duplicates, wrongBooks } from "./exactly-once.ts";
import { wrongStats } from "./stats.ts";
import { insideWaits } from "./waits.ts";

const START = 1_700_000_000_000;

/** A basic group that became a supergroup, and a record to be filled. */
async function scene() {
  const world = new World();
  const account = world.account({ phone: "999660001", firstName: "Ada" });
  const group = world.basicGroup({ title: "A group", members: [account] });
  const grown = world.migrate(group);
  const emulator = await startEmulator({ world });
  onTestFinished(() => emulator.stop());
  const { record } = emulator;
  let messages = 0;
  const post = (chat: Chat, seconds: number, randomId: string, by: Account = account) =>
    record.add({
      accountId: by.id,
      chatId: chat.markedId,
      messageId: ++messages,
      randomId,
      text: "hello",
      at: START + seconds * 1000,
      connectionId: 1,
    });
  return { world, account, group, grown, record, post, identity: chatIdentity(world) };
}

const booked = (entry: Delivery, more: Partial<BookedDelivery> = {}): BookedDelivery => ({
  id: entry.randomId,
  cycleId: "cycle",
  cycleState: "finished",
  cycleNumber: 1,
  mode: "enterprise",
  userId: "ada",
  sessionId: "session",
  accountId: String(entry.accountId),
  groupId: "group",
  groupIsThere: true,
  chatId: String(entry.chatId),
  randomId: entry.randomId,
  state: "sent",
  outcome: "sent",
  code: null,
  messageId: entry.messageId,
  attempts: 1,
  plannedAt: new Date(entry.at),
  triedAt: new Date(entry.at),
  settledAt: new Date(entry.at),
  ...more,
});
const byRandomId = (deliveries: readonly BookedDelivery[]) => new Map(deliveries.map((one) => [one.randomId, one]));

test("the two ids of a chat that migrated are one chat: for cool-downs, opt-outs, and what a cycle posts", async () => {
  const { group, grown, record, post, identity } = await scene();
  post(group, 0, "1");
  post(grown, 3, "2");
  const entries = record.entries();
  const deliveries = entries.map((entry) => booked(entry));
  const cooldown = (cooldown: number | null) =>
    tooClose(entries, [{ id: String(group.markedId), cooldown }], { defaultCooldown: 4, identity });
  expect([cooldown(null), cooldown(5), cooldown(3)].map((found) => found.length)).toEqual([1, 1, 0]);

  const optOut = { chatId: group.markedId, from: START + 1000, until: START + 60_000 };
  expect(intoOptedOut(entries, byRandomId(deliveries), { optOuts: [optOut], identity })).toMatchObject([
    { kind: "optedOutPosts", randomIds: ["2"] },
  ]);
  expect(duplicates(entries, deliveries, identity)).toMatchObject([{ kind: "duplicated", randomIds: ["1", "2"] }]);
  expect(
    duplicates(
      entries,
      deliveries.map((one) => ({ ...one, cycleId: one.id })),
      identity,
    ),
  ).toEqual([]);
  // the books may name either
  const other = deliveries.map((one) => ({ ...one, chatId: String(grown.markedId) }));
  expect(wrongBooks(entries, other, identity)).toEqual([]);
});

test("a disabled user's posts count from the answer on, but for those that were claimed before", async () => {
  const { grown, record, post } = await scene();
  post(grown, 1, "before");
  post(grown, 3, "under way");
  post(grown, 4, "claimed after");
  post(grown, 20, "enabled again");
  const entries = record.entries();
  const deliveries = entries.map((entry) =>
    booked(entry, entry.randomId === "under way" ? { triedAt: new Date(START + 1500) } : {}),
  );
  const suspended = { userId: "ada", from: START + 2000, until: START + 10_000 };
  expect(ofDisabled(entries, byRandomId(deliveries), [suspended])).toMatchObject([
    { kind: "disabledPosts", randomIds: ["claimed after"] },
  ]);
  expect(ofDisabled(entries, byRandomId(deliveries), [{ ...suspended, userId: "bob" }])).toEqual([]);
});

test("a wait that was heard holds for the account's next tenant; what its tenant of then stopped explains that it was not", async () => {
  const { world, account, grown, record } = await scene();
  const wait = {
    kind: "slowMode",
    accountId: account.id,
    chatId: grown.markedId,
    method: "messages.sendMessage",
    seconds: 60,
    at: START,
    until: START + 60_000,
    connectionId: 1,
    acknowledged: false,
  } as const;
  record.addWait({ ...wait });
  const attempt = { method: wait.method, accountId: account.id, chatId: grown.markedId, connectionId: 2 };
  record.noteSend({ ...attempt, randomIds: ["2"], at: START + 9000 });
  const tried = (randomId: string, userId: string, seconds: number) =>
    ({
      ...booked({ ...attempt, seq: 1, messageId: 1, randomId, text: "", at: START + seconds * 1000 }),
      userId,
    }) as const;
  const deliveries = [tried("1", "ada", -1), tried("2", "bob", 9)];
  const judged = (userId?: string) => {
    const deeds = userId === undefined ? [] : [{ at: START, until: START + 100, text: "stop", userId, severs: true }];
    const { violations, neverHeard } = insideWaits({ record, world }, deliveries, { deeds, holders: new Map() });
    return [violations.length, neverHeard];
  };
  expect([judged(), judged("bob"), judged("ada")]).toEqual([
    [1, 0],
    [1, 0],
    [0, 1],
  ]);
});

test("a wait follows its chat to the supergroup that it became", async () => {
  const { world, account, group, grown, record, post } = await scene();
  const at = grown.date * 1000 - 5000;
  const wait = {
    kind: "slowMode",
    accountId: account.id,
    chatId: group.markedId,
    method: "messages.sendMessage",
  } as const;
  record.addWait({ ...wait, seconds: 60, at, until: at + 60_000, connectionId: 1, acknowledged: true });
  post(grown, (at - START) / 1000 + 30, "inside");
  post(grown, (at - START) / 1000 + 61, "after");
  const { violations } = insideWaits({ record, world }, [], { deeds: [], holders: new Map() });
  expect(violations).toMatchObject([{ kind: "sentInsideWait", randomIds: ["inside"] }]);
});

test("a group takes its counters with it when it is removed", async () => {
  const { grown, record, post } = await scene();
  post(grown, 0, "1");
  post(grown, 9, "2");
  const [first, second] = record.entries().map((entry) => booked(entry));
  if (first === undefined || second === undefined) throw new Error("no entries");
  const deliveries = [first, { ...second, groupIsThere: false }];
  const of = (groupsSent: number) =>
    wrongStats({
      stats: [{ userId: "ada", totalSuccess: 2, totalFailures: 0, groupsSent, groupsFailed: 0 }],
      deliveries,
      chats: [],
      log: [],
      sessions: [],
    });
  expect([of(1).length, of(2).length]).toEqual([0, 1]);
});
