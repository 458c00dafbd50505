import type { Emulator, Wait } from "@herald/telegram-emulator";
import type { Books } from "./books.ts";
import type { Outage } from "./fault-injector.ts";
import { chatIdentity } from "./invariants/chat-identity.ts";
import { intoOptedOut, ofDisabled, unrecorded } from "./invariants/closed.ts";
import { tooClose } from "./invariants/cooldown.ts";
import { duplicates, wrongBooks } from "./invariants/exactly-once.ts";
import { wrongStats } from "./invariants/stats.ts";
import { type Counts, span, type Violation } from "./invariants/violation.ts";
import { insideWaits } from "./invariants/waits.ts";
import type { Deed } from "./journal.ts";
import type { OptOut } from "./operator.ts";
import type { Suspension } from "./tenancy.ts";

export interface Verdict {
  counts: Counts;
  violations: Violation[];
  /** sends inside a wait whose answer never reached an engine, for a reason that the tool itself had made */
  waitsNeverHeard: number;
}

/** Checks every invariant: what stands in the chats against what the database says. */
export function judge(
  emulator: Emulator,
  books: Books,
  options: {
    defaultCooldown: number;
    deeds: readonly Deed[];
    /** the engine that had the account's lease when it was asked to wait, where PostgreSQL could tell */
    holders: ReadonlyMap<Wait, string>;
    optOuts: readonly OptOut[];
    suspensions: readonly Suspension[];
    outages: readonly Outage[];
  },
): Verdict {
  const { deliveries } = books;
  const record = emulator.record.entries();
  const identity = chatIdentity(emulator.world);
  const booked = new Map(deliveries.map((delivery) => [delivery.randomId, delivery]));
  const waits = insideWaits(emulator, deliveries, options);
  const violations = [
    ...wrongBooks(record, deliveries, identity),
    ...duplicates(record, deliveries, identity),
    ...waits.violations,
    ...keysUsedTwice(emulator),
    ...tooClose(record, books.chats, { ...options, identity }),
    ...intoOptedOut(record, booked, { ...options, identity }),
    ...ofDisabled(record, booked, options.suspensions),
    ...unrecorded(record, options.outages),
    ...wrongStats(books),
  ];

  return { counts: countsOf(deliveries, violations), violations, waitsNeverHeard: waits.neverHeard };
}

/** What became of the deliveries, and how many of the violations are of each kind. */
export function countsOf(deliveries: Books["deliveries"], violations: readonly Violation[]): Counts {
  const count = (kind: Violation["kind"]) => violations.filter((violation) => violation.kind === kind).length;
  return {
    planned: deliveries.length,
    delivered: deliveries.filter((delivery) => delivery.state === "sent").length,
    recordedFailed: deliveries.filter(({ state }) => state === "failed" || state === "skipped").length,
    lost: count("lost"),
    duplicated: count("duplicated"),
    sentInsideWait: count("sentInsideWait"),
    duplicateKeyUse: count("duplicateKeyUse"),
    optedOutPosts: count("optedOutPosts"),
    disabledPosts: count("disabledPosts"),
    cooldownViolations: count("cooldownViolations"),
  };
}

const keysUsedTwice = ({ counters }: Emulator): Violation[] =>
  counters.keyDuplicates.map((use) => ({
    kind: "duplicateKeyUse",
    text: `the key of account ${use.accountId} was used over connections ${use.connectionId} and ${use.otherConnectionId} (idle for ${use.otherIdleMs} ms) at once`,
    ...span(use.at),
    randomIds: [],
    accountIds: use.accountId === undefined ? [] : [use.accountId],
    chatIds: [],
  }));
