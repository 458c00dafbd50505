import type { LogLevel, Post, StopReason } from "@herald/contract";
import type { Actor } from "../model/actor.ts";
import type { Bot } from "../model/domain.ts";
import { samePost } from "../model/post.ts";
import type { Transaction } from "../ports/index.ts";

export interface Stop {
  actor: Actor;
  reason: StopReason;
  /** for the user, on the page and in the log */
  text: string;
  /** null: the line stands in the log already, with the delivery that it came of */
  level: LogLevel | null;
  at: Date;
  /** what Telegram does not take: no start before the bot has another post; one that it has by now is not held against it */
  refusedPost?: Post;
}

/**
 * The one writer of "stopped" (but for an engine's boot, which stops all bots in one statement): from the commit on no claim
 * is granted to the bot in any engine. `bot` is locked. A bot that stands keeps its reason, but for the breaker: it trips
 * whatever the bot does, so that it cannot be started again.
 */
export async function stopBot(
  tx: Transaction,
  bot: Bot,
  { actor, reason, text, level, at, refusedPost }: Stop,
): Promise<void> {
  const trips = reason === "breaker" && bot.breakerTrippedAt === null;
  if (bot.status === "stopped" && !trips) return;
  await tx.bots.update(bot.id, {
    status: "stopped",
    stopReason: reason,
    stopMessage: text,
    stoppedAt: bot.status === "stopped" ? (bot.stoppedAt ?? at) : at,
    nextCycleAt: null,
    ...(trips ? { breakerTrippedAt: at } : {}),
    ...(refusedPost !== undefined && samePost(refusedPost, bot.post) ? { contentRefusedAt: at } : {}),
  });
  if (level !== null) await tx.log({ botId: bot.id, userId: bot.userId, level, text });
  await tx.audit({
    actor,
    action: "bot.stop",
    target: { kind: "bot", id: bot.id },
    userId: bot.userId,
    before: { status: bot.status, stopReason: bot.stopReason },
    after: { status: "stopped", stopReason: reason },
  });
  await tx.changed(bot.userId, "bot");
  if (reason !== "user") await tx.poolChanged();
}
