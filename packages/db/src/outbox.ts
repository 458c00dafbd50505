import type { LogLine } from "@herald/core";
import type { PrismaTransaction } from "./prisma.ts";
import { storable } from "./text.ts";

/** A line of a bot's log, as it was committed. */
export type WrittenLogLine = Omit<LogLine, "botId"> & { at: Date };

/** What a transaction has to tell: collected while it runs, published once, as the last thing before the commit. */
export class Outbox {
  readonly lines: WrittenLogLine[] = [];
  readonly #changed = new Map<string, Set<"bot" | "groups">>();
  readonly #logIds = new Map<string, string[]>();
  #pool = false;

  changed(userId: string, what: "bot" | "groups"): void {
    const all = this.#changed.get(userId) ?? new Set();
    this.#changed.set(userId, all.add(what));
  }

  poolChanged(): void {
    this.#pool = true;
  }

  async log(tx: PrismaTransaction, line: LogLine): Promise<void> {
    const text = storable(line.text);
    const { id, at } = await tx.botLog.create({
      data: {
        botId: line.botId,
        userId: line.userId,
        level: line.level,
        text,
        code: line.code ?? null,
        sessionId: line.sessionId ?? null,
        groupId: line.groupId ?? null,
      },
      select: { id: true, at: true },
    });
    this.lines.push({ ...line, text, at });
    this.#logIds.set(line.userId, [...(this.#logIds.get(line.userId) ?? []), id.toString()]);
  }

  async publish(tx: PrismaTransaction): Promise<void> {
    const changes: Array<{ user_id: string | null; type: string; log_ids?: string[] }> = [];
    for (const [user_id, log_ids] of this.#logIds) changes.push({ user_id, type: "progress", log_ids });
    for (const [user_id, all] of this.#changed) for (const type of all) changes.push({ user_id, type });
    if (this.#pool) changes.push({ user_id: null, type: "pool" });
    if (changes.length > 0) await tx.$executeRaw`SELECT herald_publish(${JSON.stringify(changes)}::jsonb)`;
  }
}
