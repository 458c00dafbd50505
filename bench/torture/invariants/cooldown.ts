import type { Delivery } from "@herald/telegram-emulator";
import type { BookedChat } from "../books.ts";
import type { ChatIdentity } from "./chat-identity.ts";
import { about, type Violation } from "./violation.ts";

/**
 * Two posts to one chat may look closer than the cool-down by this: the emulator reads the clock in whole milliseconds, and
 * PostgreSQL rounds the end of the cool-down to one. Both read the same clock. Milliseconds.
 */
const CLOCK_GRANULARITY_MS = 2;

/** Posts to one chat that stand closer than its cool-down, also one under its old id and one under the new. */
export function tooClose(
  record: readonly Delivery[],
  chats: readonly BookedChat[],
  options: { defaultCooldown: number; identity: ChatIdentity },
): Violation[] {
  const { defaultCooldown, identity } = options;
  const cooldowns = new Map<number, number>();
  for (const { id, cooldown } of chats) if (cooldown !== null) cooldowns.set(identity(Number(id)), cooldown);
  return [...Map.groupBy(record, (entry) => identity(entry.chatId))].flatMap(([chatId, entries]) =>
    entries.flatMap((entry, n) => {
      const before = entries[n - 1];
      const cooldownMs = (cooldowns.get(chatId) ?? defaultCooldown) * 1000;
      if (before === undefined || entry.at - before.at >= cooldownMs - CLOCK_GRANULARITY_MS) return [];
      const text = `two posts stand ${entry.at - before.at} ms apart in chat ${chatId}, which cools down for ${cooldownMs} ms`;
      return [about("cooldownViolations", text, [before, entry])];
    }),
  );
}
