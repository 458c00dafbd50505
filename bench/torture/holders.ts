import type { Emulator, Wait } from "@herald/telegram-emulator";
import type { Postgres } from "./postgres.ts";

/** Which engine had the account's lease at each wait: an answer is lost with the engine that it was for. */
export function noteHolders({ emulator, postgres }: { emulator: Emulator; postgres: Postgres }): Map<Wait, string> {
  const holders = new Map<Wait, string>();
  const note = async (wait: Wait) => {
    if (!postgres.isUp) return;
    const [row] = await postgres.query<{ engine: string | null }>(
      `SELECT l.engine_id AS engine FROM session_leases l JOIN sessions s ON s.id = l.session_id
       WHERE s.telegram_user_id = $1`,
      [wait.accountId],
      AbortSignal.timeout(1_000),
    );
    if (row?.engine) holders.set(wait, row.engine);
  };
  emulator.record.on("wait", (wait) => void note(wait).catch(() => {}));
  return holders;
}
