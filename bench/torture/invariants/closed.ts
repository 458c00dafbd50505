import type { Delivery } from "@herald/telegram-emulator";
import type { BookedDelivery } from "../books.ts";
import type { Outage } from "../fault-injector.ts";
import type { OptOut } from "../operator.ts";
import type { Suspension } from "../tenancy.ts";
import type { ChatIdentity } from "./chat-identity.ts";
import { about, type Violation } from "./violation.ts";

/**
 * From a claim to the last moment at which its post may come to stand in the chat: a call's deadline (20 s), and a pause of
 * the engine that its lease outlasts (10 s). Milliseconds.
 */
const LONGEST_SEND_MS = 30_000;

/** Whether the post was made while `closed`. What was claimed before the answer may still arrive; nothing may be claimed from then on. */
function standsIn(
  { from, until }: { from: number; until: number },
  { at }: Delivery,
  delivery: BookedDelivery | undefined,
): boolean {
  const claimedAt = delivery?.triedAt?.getTime() ?? at;
  return from < at && at < until && (claimedAt > from || at - from > LONGEST_SEND_MS);
}

/** Posts in a chat that opted out, also when it did so under its old id. */
export function intoOptedOut(
  record: readonly Delivery[],
  booked: ReadonlyMap<string, BookedDelivery>,
  { optOuts, identity }: { optOuts: readonly OptOut[]; identity: ChatIdentity },
): Violation[] {
  return record
    .filter((entry) =>
      optOuts.some(
        (optOut) =>
          identity(optOut.chatId) === identity(entry.chatId) && standsIn(optOut, entry, booked.get(entry.randomId)),
      ),
    )
    .map((entry) => about("optedOutPosts", `a post stands in the opted-out chat ${entry.chatId}`, [entry]));
}

/** Posts of a user whom an admin had disabled. */
export function ofDisabled(
  record: readonly Delivery[],
  booked: ReadonlyMap<string, BookedDelivery>,
  suspensions: readonly Suspension[],
): Violation[] {
  return record.flatMap((entry) => {
    const delivery = booked.get(entry.randomId);
    const isDisabled = suspensions.some(
      (suspension) => suspension.userId === delivery?.userId && standsIn(suspension, entry, delivery),
    );
    return isDisabled
      ? [about("disabledPosts", `a post of the disabled user ${delivery?.userId} was made`, [entry])]
      : [];
  });
}

/** While PostgreSQL is away nothing can be claimed, and so nothing new is sent. */
export function unrecorded(record: readonly Delivery[], outages: readonly Outage[]): Violation[] {
  return record
    .filter(({ at }) => outages.some(({ from, until }) => from + LONGEST_SEND_MS < at && at < until))
    .map((entry) => about("unrecorded", `a post was sent long after PostgreSQL had gone`, [entry]));
}
