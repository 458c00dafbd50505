import { claim, runningCycle, type Slot, settlement } from "./cycle.ts";
import type { openWorld } from "./world.ts";

export type Tenant = Awaited<ReturnType<typeof runningCycle>> & Record<"sent" | "failed" | "open" | "planned", Slot>;

let last = 0;
/** A chat that no other test has used. */
export const newChat = () => `-100${9_000_000_000 + ++last}`;

/** Two tenants who have the same of everything, in the same chats, and a look at all that is theirs. */
export function tenants(world: Awaited<ReturnType<typeof openWorld>>) {
  const query = async (text: string, ...values: unknown[]) => (await world.sql.query(text, values)).rows;

  /** With two accounts and two groups, of whose four posts one was sent, one failed, one may stand there. */
  async function tenant(chats: string[]): Promise<Tenant> {
    const made = await runningCycle(world, { sessions: 2, chats });
    const [sent, failed, open, planned] = made.slots as [Slot, Slot, Slot, Slot];
    for (const slot of [sent, failed, open]) await claim(world.database, slot);
    const { ledger } = world.database;
    ledger.settle(settlement(sent, { log: { level: "info", text: `sent for ${made.user.id}` } }));
    ledger.settle(settlement(failed, { state: "failed", outcome: "group_refused", code: "NO", messageId: null }));
    await ledger.flush();
    return { ...made, sent, failed, open, planned };
  }

  return {
    query,
    async twoTenants() {
      const chats = [newChat(), newChat()];
      return [await tenant(chats), await tenant(chats)] as const;
    },
    /** Everything that is the tenant's, as it stands in the tables. */
    async rowsOf({ user, cycle, sessions }: Tenant) {
      const all: Record<string, unknown> = {};
      for (const table of [
        "bots",
        "groups",
        "cycles",
        "deliveries",
        "stats",
        "bot_log",
        "api_keys",
        "sign_ins",
        "sessions",
      ])
        all[table] = await query(`SELECT * FROM ${table} WHERE user_id = $1 ORDER BY 1`, user.id);
      const ids = sessions.map(({ id }) => id);
      all.posts = await query("SELECT * FROM posts WHERE bot_id = $1", user.bot.id);
      all.facts = await query("SELECT * FROM session_chats WHERE session_id = ANY($1) ORDER BY 1, 2, 3", ids);
      all.nowhere = await query("SELECT * FROM session_references WHERE session_id = ANY($1) ORDER BY 1, 2", ids);
      return { ...all, cycle: cycle.id };
    },
  };
}
