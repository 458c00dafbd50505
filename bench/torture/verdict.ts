import type { Delivery, EarlySend, Emulator, Wait } from "@herald/telegram-emulator";
import type { Outage } from "./acts.ts";
import type { BookedDelivery, Books } from "./books.ts";
import type { Deed } from "./journal.ts";
import type { OptOut } from "./operator.ts";

/**
 * Two posts to one chat may look closer than the cool-down by this: the emulator reads the clock in whole milliseconds, and
 * PostgreSQL rounds the end of the cool-down to one. Both read the same clock. Milliseconds.
 */
const CLOCK_GRANULARITY_MS = 2;
/** A deed explains why an answer did not arrive from so long before the answer on (a request may be executed late), in ms. */
const EXPLAINS_BEFORE_MS = 3_000;
/**
 * From a claim to the last moment at which its post may come to stand in the chat: a call's deadline (20 s), and a pause of
 * the engine that its lease outlasts (10 s). Milliseconds.
 */
const LONGEST_SEND_MS = 30_000;

export interface Counts {
  planned: number;
  delivered: number;
  recordedFailed: number;
  lost: number;
  duplicated: number;
  sentInsideWait: number;
  duplicateKeyUse: number;
  optedOutPosts: number;
  cooldownViolations: number;
}

/** Something that must not be, with what its timeline is drawn from. */
export interface Violation {
  kind: keyof Counts | "unrecorded" | "stats";
  text: string;
  /** milliseconds since 1970 */
  from: number;
  until: number;
  randomIds: string[];
  accountIds: number[];
  chatIds: number[];
}

export interface Verdict {
  counts: Counts;
  violations: Violation[];
  /** sends inside a wait whose answer never reached an engine, for a reason that the tool itself had made */
  waitsNeverHeard: number;
}

/** Compares what stands in the chats with what the database says. */
export function judge(
  emulator: Emulator,
  books: Books,
  options: {
    defaultCooldown: number;
    deeds: readonly Deed[];
    /** the engine that had the account's lease when it was asked to wait, where PostgreSQL could tell */
    holders: ReadonlyMap<Wait, string>;
    optOuts: readonly OptOut[];
    outages: readonly Outage[];
  },
): Verdict {
  const record = emulator.record.entries();
  const booked = new Map(books.deliveries.map((delivery) => [delivery.randomId, delivery]));
  const early = emulator.record.earlySends().map((send) => {
    const holder = options.holders.get(send.wait);
    const user = booked.get(send.randomIds[0] ?? "")?.userId;
    const severing = options.deeds.filter(
      ({ severs, engineId, userId }) =>
        severs && (engineId === undefined ? userId === user : holder === undefined || engineId === holder),
    );
    return { send, heard: wasHeard(send, severing) };
  });
  const violations = [
    ...wrongBooks(record, books.deliveries),
    ...duplicates(record, books.deliveries),
    ...early.filter(({ heard }) => heard).map(({ send }) => insideWait(send)),
    ...emulator.counters.keyDuplicates.map(
      (use): Violation => ({
        kind: "duplicateKeyUse",
        text: `the key of account ${use.accountId} was used over connections ${use.connectionId} and ${use.otherConnectionId} (idle for ${use.otherIdleMs} ms) at once`,
        ...span(use.at),
        randomIds: [],
        accountIds: use.accountId === undefined ? [] : [use.accountId],
        chatIds: [],
      }),
    ),
    ...tooClose(record, books, options.defaultCooldown),
    ...intoOptedOut(record, booked, options.optOuts),
    ...unrecorded(record, options.outages),
    ...wrongStats(books),
  ];

  const count = (kind: Violation["kind"]) => violations.filter((violation) => violation.kind === kind).length;
  return {
    counts: {
      planned: books.deliveries.length,
      delivered: books.deliveries.filter((delivery) => delivery.state === "sent").length,
      recordedFailed: books.deliveries.filter(({ state }) => state === "failed" || state === "skipped").length,
      lost: count("lost"),
      duplicated: count("duplicated"),
      sentInsideWait: count("sentInsideWait"),
      duplicateKeyUse: count("duplicateKeyUse"),
      optedOutPosts: count("optedOutPosts"),
      cooldownViolations: count("cooldownViolations"),
    },
    violations,
    waitsNeverHeard: early.filter(({ heard }) => !heard).length,
  };
}

const span = (...times: number[]) => ({ from: Math.min(...times), until: Math.max(...times) });

const about = (kind: Violation["kind"], text: string, entries: readonly Delivery[]): Violation => ({
  kind,
  text,
  ...span(...entries.map((entry) => entry.at)),
  randomIds: [...new Set(entries.map((entry) => entry.randomId))],
  accountIds: [...new Set(entries.map((entry) => entry.accountId))],
  chatIds: [...new Set(entries.map((entry) => entry.chatId))],
});

const describe = ({ id, cycleNumber, state, outcome, code }: BookedDelivery) =>
  `delivery ${id} of cycle ${cycleNumber} (${[state, outcome, code].filter((word) => word !== null).join(", ")})`;

/** What the database says of a delivery against what stands in the chat. */
function wrongBooks(record: readonly Delivery[], deliveries: readonly BookedDelivery[]): Violation[] {
  const posted = new Map(record.map((entry) => [entry.randomId, entry]));
  return deliveries.flatMap((delivery) => {
    const entry = posted.get(delivery.randomId);
    const wrong = wrongOf(delivery, entry);
    if (wrong === null) return [];
    const text = `${describe(delivery)} ${wrong}`;
    if (entry !== undefined) return [about("lost", text, [entry])];
    const at = (delivery.settledAt ?? delivery.triedAt ?? delivery.plannedAt).getTime();
    return [
      {
        kind: "lost",
        text,
        ...span(at, (delivery.triedAt ?? delivery.plannedAt).getTime()),
        randomIds: [delivery.randomId],
        accountIds: delivery.accountId === null ? [] : [Number(delivery.accountId)],
        chatIds: delivery.chatId === null ? [] : [Number(delivery.chatId)],
      } satisfies Violation,
    ];
  });
}

function wrongOf(delivery: BookedDelivery, entry: Delivery | undefined): string | null {
  const isOver = delivery.cycleState === "finished" || delivery.cycleState === "closed";
  switch (delivery.state) {
    case "sent":
      if (entry === undefined) return "was never posted";
      if (entry.messageId !== delivery.messageId)
        return `is message ${entry.messageId}, not ${delivery.messageId} as the row says`;
      if (String(entry.accountId) !== delivery.accountId || String(entry.chatId) !== delivery.chatId)
        return `was posted by account ${entry.accountId} to ${entry.chatId}`;
      return null;
    case "planned":
    case "sending":
      if (isOver) return "has no final state though its cycle is over";
      return delivery.state === "planned" && entry !== undefined ? "stands in the chat" : null;
    case "failed":
      return entry !== undefined && delivery.outcome !== "unknown" ? "stands in the chat" : null;
    case "skipped":
      return entry !== undefined ? "stands in the chat" : null;
    default:
      return delivery.state satisfies never;
  }
}

function duplicates(record: readonly Delivery[], deliveries: readonly BookedDelivery[]): Violation[] {
  const known = new Map(deliveries.map((delivery) => [delivery.randomId, delivery]));
  const slots = Map.groupBy(record, (entry) => entry.randomId);
  const found: Violation[] = [];
  const byTarget = new Map<string, Delivery[]>();
  for (const [randomId, entries] of slots) {
    const delivery = known.get(randomId);
    if (delivery === undefined) found.push(about("duplicated", `random_id ${randomId} is in no delivery`, entries));
    else if (entries.length > 1)
      found.push(about("duplicated", `${describe(delivery)} stands ${entries.length} times`, entries));
    if (delivery === undefined) continue;
    // ENTERPRISE posts once to a chat a cycle, STARTER once from each account
    const target = `${delivery.cycleId} ${delivery.groupId} ${delivery.mode === "starter" ? delivery.sessionId : ""}`;
    byTarget.set(target, [...(byTarget.get(target) ?? []), ...entries]);
  }
  for (const entries of byTarget.values())
    if (new Set(entries.map((entry) => entry.randomId)).size > 1)
      found.push(
        about("duplicated", `one cycle posted ${entries.length} times to chat ${entries[0]?.chatId}`, entries),
      );
  return found;
}

/** What the emulator books as the connection of an answer that had none to leave by: a fault had cut it. */
const NO_CONNECTION = 0;

/** Whether an engine can have heard of the wait. Deeds of ours that took engine or connection away explain that none did. */
function wasHeard({ wait, at }: EarlySend, deeds: readonly Deed[]): boolean {
  if (wait.acknowledged) return true;
  if (wait.connectionId === NO_CONNECTION) return false;
  return !deeds.some((deed) => deed.at <= at && deed.until >= wait.at - EXPLAINS_BEFORE_MS);
}

const insideWait = (send: EarlySend): Violation => ({
  kind: "sentInsideWait",
  text: `account ${send.accountId} sent ${send.wait.until - send.at} ms before the end of a ${send.wait.kind} wait of ${send.wait.seconds} s${send.wait.acknowledged ? ", which it had confirmed" : ""}`,
  ...span(send.wait.at, send.at),
  randomIds: [...send.randomIds],
  accountIds: [send.accountId],
  chatIds: send.chatId === undefined ? [] : [send.chatId],
});

function tooClose(record: readonly Delivery[], { chats }: Books, defaultCooldown: number): Violation[] {
  const cooldowns = new Map(chats.map((chat) => [chat.id, chat.cooldown]));
  return [...Map.groupBy(record, (entry) => entry.chatId)].flatMap(([chatId, entries]) =>
    entries.flatMap((entry, n) => {
      const before = entries[n - 1];
      const cooldownMs = (cooldowns.get(String(chatId)) ?? defaultCooldown) * 1000;
      if (before === undefined || entry.at - before.at >= cooldownMs - CLOCK_GRANULARITY_MS) return [];
      const text = `two posts stand ${entry.at - before.at} ms apart in chat ${chatId}, which cools down for ${cooldownMs} ms`;
      return [about("cooldownViolations", text, [before, entry])];
    }),
  );
}

/** What was claimed before the opt-out's answer may still arrive; nothing may be claimed from then on. */
function intoOptedOut(
  record: readonly Delivery[],
  booked: ReadonlyMap<string, BookedDelivery>,
  optOuts: readonly OptOut[],
): Violation[] {
  return record.flatMap((entry) => {
    const claimedAt = booked.get(entry.randomId)?.triedAt?.getTime() ?? entry.at;
    const isClosed = optOuts.some(
      ({ chatId, from, until }) =>
        chatId === entry.chatId &&
        from < entry.at &&
        entry.at < until &&
        (claimedAt > from || entry.at - from > LONGEST_SEND_MS),
    );
    return isClosed ? [about("optedOutPosts", `a post stands in the opted-out chat ${entry.chatId}`, [entry])] : [];
  });
}

/** While PostgreSQL is away nothing can be claimed, and so nothing new is sent. */
function unrecorded(record: readonly Delivery[], outages: readonly Outage[]): Violation[] {
  return record
    .filter(({ at }) => outages.some(({ from, until }) => from + LONGEST_SEND_MS < at && at < until))
    .map((entry) => about("unrecorded", `a post was sent long after PostgreSQL had gone`, [entry]));
}

/** The dashboard's counters against the rows that they count. */
function wrongStats({ stats, deliveries }: Books): Violation[] {
  return stats.flatMap(({ userId, totalSuccess, totalFailures, groupsSent, groupsFailed }) => {
    const own = deliveries.filter((delivery) => delivery.userId === userId);
    const sent = own.filter((delivery) => delivery.state === "sent").length;
    const failed = own.filter((delivery) => delivery.state === "failed").length;
    if (totalSuccess === sent && totalFailures === failed && groupsSent === sent && groupsFailed === failed) return [];
    const text = `user ${userId} has ${sent} sent and ${failed} failed deliveries, but the statistics say ${totalSuccess} and ${totalFailures}, and the groups' ${groupsSent} and ${groupsFailed}`;
    return [{ kind: "stats", text, from: 0, until: 0, randomIds: [], accountIds: [], chatIds: [] } satisfies Violation];
  });
}
