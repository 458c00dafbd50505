import type { EarlySend, Emulator, Wait, World } from "@herald/telegram-emulator";
import type { BookedDelivery } from "../books.ts";
import type { Deed } from "../journal.ts";
import { span, type Violation } from "./violation.ts";

/** What the emulator books as the connection of an answer that had none to leave by: a fault had cut it. */
const NO_CONNECTION = 0;

/** A deed explains why an answer did not arrive from so long before the answer on (a request may be executed late), in ms. */
const EXPLAINS_BEFORE_MS = 3_000;

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

/**
 * Sends inside a wait. A wait is one of account and chat (or account and method), whoever owned the account when it was asked for and
 * whichever group row the post is for: what was heard once holds for every later tenant.
 * @param holders the engine that had the account's lease when it was asked to wait, where PostgreSQL could tell
 * @returns the violations, and how many waits no engine can have heard of
 */
export function insideWaits(
  { record, world }: Pick<Emulator, "record" | "world">,
  deliveries: readonly BookedDelivery[],
  { deeds, holders }: { deeds: readonly Deed[]; holders: ReadonlyMap<Wait, string> },
): { violations: Violation[]; neverHeard: number } {
  const tenantAt = tenants(deliveries);
  const early = [...record.earlySends(), ...afterMigration(record, world)].map((send) => {
    const holder = holders.get(send.wait);
    const user = tenantAt(send.accountId, send.wait.at);
    const severing = deeds.filter(
      ({ severs, engineId, userId }) =>
        severs && (engineId === undefined ? userId === user : holder === undefined || engineId === holder),
    );
    return { send, heard: wasHeard(send, severing) };
  });
  return {
    violations: early.filter(({ heard }) => heard).map(({ send }) => insideWait(send)),
    neverHeard: early.filter(({ heard }) => !heard).length,
  };
}

/** Posts in the supergroup that a basic group became, by an account that was told to wait while it was one: a wait follows its chat. */
function afterMigration(record: Emulator["record"], world: Pick<World, "chats">): EarlySend[] {
  const waits = record.issuedWaits().filter(({ kind }) => kind === "slowMode");
  return record.entries().flatMap(({ chatId, accountId, randomId, at, connectionId }) => {
    const grown = world.chats.get(chatId);
    const former = grown?.migratedFrom?.chat.markedId;
    if (grown === undefined || former === undefined) return [];
    const wait = waits.find(
      (one) =>
        one.chatId === former &&
        one.accountId === accountId &&
        one.at < grown.date * 1000 &&
        at < one.until &&
        one.at < at,
    );
    return wait === undefined
      ? []
      : [{ wait, method: wait.method, accountId, chatId, randomIds: [randomId], at, connectionId }];
  });
}

/** Whom an account worked for at a time: the user of its last first try until then. */
function tenants(deliveries: readonly BookedDelivery[]): (accountId: number, at: number) => string | undefined {
  const tried = deliveries
    .flatMap(({ accountId, userId, triedAt }) =>
      triedAt === null ? [] : [{ accountId, userId, at: triedAt.getTime() }],
    )
    .sort((a, b) => a.at - b.at);
  const byAccount = Map.groupBy(tried, ({ accountId }) => Number(accountId));
  return (accountId, at) => byAccount.get(accountId)?.findLast((tries) => tries.at <= at)?.userId;
}
