import type { Delivery } from "@herald/telegram-emulator";
import type { BookedDelivery } from "../books.ts";
import type { ChatIdentity } from "./chat-identity.ts";
import { about, span, type Violation } from "./violation.ts";

const describe = ({ id, cycleNumber, state, outcome, code }: BookedDelivery) =>
  `delivery ${id} of cycle ${cycleNumber} (${[state, outcome, code].filter((word) => word !== null).join(", ")})`;

/** What the database says of a delivery against what stands in the chat. */
export function wrongBooks(
  record: readonly Delivery[],
  deliveries: readonly BookedDelivery[],
  identity: ChatIdentity,
): Violation[] {
  const posted = new Map(record.map((entry) => [entry.randomId, entry]));
  return deliveries.flatMap((delivery) => {
    const entry = posted.get(delivery.randomId);
    const wrong = wrongOf(delivery, entry, identity);
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

function wrongOf(delivery: BookedDelivery, entry: Delivery | undefined, identity: ChatIdentity): string | null {
  const isOver = delivery.cycleState === "finished" || delivery.cycleState === "closed";
  switch (delivery.state) {
    case "sent":
      if (entry === undefined) return "was never posted";
      if (entry.messageId !== delivery.messageId)
        return `is message ${entry.messageId}, not ${delivery.messageId} as the row says`;
      if (
        String(entry.accountId) !== delivery.accountId ||
        identity(entry.chatId) !== identity(Number(delivery.chatId))
      )
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

/** Posts that stand more than once, and posts that no delivery is booked for. */
export function duplicates(
  record: readonly Delivery[],
  deliveries: readonly BookedDelivery[],
  identity: ChatIdentity,
): Violation[] {
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
    // ENTERPRISE posts once to a chat a cycle, STARTER once from each account, by whichever group and under whichever id
    for (const entry of entries) {
      const chatId = identity(entry.chatId);
      const target = `${delivery.cycleId} ${chatId} ${delivery.mode === "starter" ? delivery.sessionId : ""}`;
      byTarget.set(target, [...(byTarget.get(target) ?? []), entry]);
    }
  }
  for (const entries of byTarget.values())
    if (new Set(entries.map((entry) => entry.randomId)).size > 1)
      found.push(
        about("duplicated", `one cycle posted ${entries.length} times to chat ${entries[0]?.chatId}`, entries),
      );
  return found;
}
