import type { Learned, Settlement } from "@herald/core";
import { claim, runningCycle, type Slot, settlement } from "./cycle.ts";
import type { openWorld } from "./world.ts";

/** What a send came to, but for being sent. */
export const FAILED = { state: "failed", outcome: "group_refused", code: "NO", messageId: null } as const;
export const OPEN = { state: "sending", outcome: "unknown", code: "TIMEOUT", messageId: null } as const;
export const BACK = { state: "planned", outcome: null, messageId: null } as const;

export const refusal = (more: Partial<Extract<Learned, { kind: "refusal" }>> = {}): Learned => ({
  kind: "refusal",
  reason: "no",
  topicId: 0,
  until: null,
  ofThisPost: false,
  ...more,
});

export const soon = (ms = 60_000) => new Date(Date.now() + ms);

let last = 0;

/** Settles on a real database, and looks at what the rows say then. */
export function settling(world: Awaited<ReturnType<typeof openWorld>>) {
  const query = async (text: string, ...values: unknown[]) => (await world.sql.query(text, values)).rows;
  const one = async (text: string, ...values: unknown[]) => (await query(text, ...values))[0];
  return {
    query,
    /** A running cycle of which the first slot was claimed; the others are planned. */
    async claimed(sessions = 1, count = 1) {
      const chats = Array.from({ length: count }, () => `-100${8_000_000_000 + ++last}`);
      const cycle = await runningCycle(world, { sessions, chats });
      const [a, b] = cycle.slots as [Slot, Slot];
      await claim(world.database, a);
      return { ...cycle, a, b };
    },
    row: ({ deliveryId }: Slot) => one("SELECT * FROM deliveries WHERE id = $1", deliveryId),
    /** who holds its place, and for how many seconds more */
    place: ({ chatId }: Slot) =>
      one(
        "SELECT reserved_by::text AS by, extract(epoch FROM reserved_until - now())::float AS left FROM chats WHERE id = $1",
        chatId,
      ),
    session: ({ hold }: Slot) => one("SELECT * FROM sessions WHERE id = $1", hold.sessionId),
    /** Written in one round trip. */
    async settle(...given: Array<[Slot, Partial<Settlement>?]>) {
      for (const [slot, more] of given) world.database.ledger.settle(settlement(slot, more));
      await world.database.ledger.flush();
    },
  };
}
