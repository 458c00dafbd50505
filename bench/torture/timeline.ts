import type { Emulator } from "@herald/telegram-emulator";
import type { Books } from "./books.ts";
import type { Violation } from "./invariants/violation.ts";
import type { Journal } from "./journal.ts";

/** How much is shown before and after a violation, in milliseconds. */
const AROUND_MS = 5_000;
/** Of a line that an engine printed. */
const MOST_CHARACTERS = 400;

/** Everything that is known of a violation, by time, to be read by a person. */
export function timelineOf(violation: Violation, emulator: Emulator, books: Books, journal: Journal): string {
  const from = violation.from - AROUND_MS;
  const until = violation.until + AROUND_MS;
  const concerns = (accountId?: number, chatId?: number) =>
    (accountId !== undefined && violation.accountIds.includes(accountId)) ||
    (chatId !== undefined && violation.chatIds.includes(chatId));
  const lines: Array<{ at: number; source: string; text: string }> = [];
  const add = (at: number, source: string, text: string) => {
    if (at >= from && at <= until) lines.push({ at, source, text });
  };

  for (const entry of emulator.record.entries())
    if (
      violation.randomIds.includes(entry.randomId) ||
      concerns(violation.chatIds.length === 0 ? entry.accountId : undefined, entry.chatId)
    )
      add(
        entry.at,
        "record",
        `account ${entry.accountId} posts message ${entry.messageId} to ${entry.chatId}, random_id ${entry.randomId}, connection ${entry.connectionId}`,
      );
  for (const fault of emulator.faults.fired())
    if (concerns(fault.accountId, fault.chatId))
      add(
        fault.at,
        "fault",
        `${JSON.stringify(fault.action)} to ${fault.method} of account ${fault.accountId} for ${fault.chatId}, random_id ${fault.randomIds}`,
      );
  for (const wait of emulator.record.issuedWaits())
    if (concerns(wait.accountId))
      add(
        wait.at,
        "wait",
        `${wait.kind} of ${wait.seconds} s to account ${wait.accountId} for ${wait.chatId}, connection ${wait.connectionId}${wait.acknowledged ? ", confirmed" : ""}`,
      );
  const deliveries = books.deliveries.filter((delivery) => violation.randomIds.includes(delivery.randomId));
  const sessions = new Set(
    books.deliveries.filter((row) => violation.accountIds.includes(Number(row.accountId))).map((row) => row.sessionId),
  );
  const groups = new Set(deliveries.map((delivery) => delivery.groupId));
  for (const line of books.log)
    if (
      (line.sessionId !== null && sessions.has(line.sessionId)) ||
      (line.groupId !== null && groups.has(line.groupId))
    )
      add(line.at.getTime(), "log", `${line.level}: ${line.text}`);
  for (const deed of journal.deeds)
    if (deed.until >= from) add(Math.max(from, deed.at), "tool", `${deed.text}${over(deed)}`);
  const shown = new Set<string>();
  for (const { at, engineId, text } of journal.lines) {
    // twenty workers that say the same of PostgreSQL are one line
    const gist = `${engineId} ${text.replace(/[\da-f-]{8,}|\d+/g, "")}`;
    if (at < from || at > until || shown.has(gist)) continue;
    shown.add(gist);
    add(at, engineId, text.slice(0, MOST_CHARACTERS));
  }

  const rows = deliveries.map(
    (row) =>
      `  delivery ${row.id} of ${row.mode} cycle ${row.cycleNumber} (${row.cycleState}), user ${row.userId}: session ${row.sessionId} (account ${row.accountId}), group ${row.groupId} (chat ${row.chatId}), ` +
      `random_id ${row.randomId}, ${row.state}, outcome ${row.outcome} ${row.code ?? ""}, message ${row.messageId}, ${row.attempts} tries, ` +
      `planned ${row.plannedAt.toISOString()}, tried ${row.triedAt?.toISOString()}, settled ${row.settledAt?.toISOString()}`,
  );
  const drawn = lines
    .sort((a, b) => a.at - b.at)
    .map(({ at, source, text }) => `  ${new Date(at).toISOString().slice(11, 23)} ${source.padEnd(9)} ${text}`);
  return [`${violation.kind}: ${violation.text}`, ...rows, ...drawn].join("\n");
}

const over = ({ at, until }: { at: number; until: number }) =>
  until > at ? ` (over after ${((until - at) / 1000).toFixed(1)} s)` : "";
