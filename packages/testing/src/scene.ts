import type { Plan } from "@herald/contract";
import type { Account, Chat } from "@herald/telegram-emulator";
import type { Person } from "./people.ts";
import type { Stack } from "./stack.ts";

/** A user whose bot is ready to start, and what it posts into. */
export interface Scene {
  user: Person;
  accounts: Account[];
  channel: Chat;
  groups: Chat[];
  /** what was posted into the groups, in order */
  posted(): ReturnType<Stack["emulator"]["record"]["entries"]>;
  /** Resolves when so many posts stand in the groups. */
  until(posts: number): Promise<void>;
}

let scenes = 0;
let phones = 0;

/**
 * Sets a user up through the API as a person would: accounts in the pool, groups, a post.
 * @param options.spare accounts that are put into the pool besides those the plan allows
 */
export async function setScene(
  stack: Stack,
  options: {
    accounts: number;
    groups: number;
    spare?: number;
    plan?: Partial<Plan>;
    delayBetweenPosts?: number;
    delayBetweenCycles?: number;
  },
): Promise<Scene> {
  const { emulator } = stack;
  const name = `scene${++scenes}`;
  const accounts = Array.from({ length: options.accounts + (options.spare ?? 0) }, (_, n) =>
    emulator.world.account({
      phone: `99967${(++phones).toString().padStart(5, "0")}`,
      firstName: `${name} ${n}`,
      username: `${name}_account_${n}`,
    }),
  );
  const channel = emulator.world.channel({
    username: `${name}_news`,
    title: name,
    members: accounts,
    posts: [`post of ${name}`],
  });
  const groups = Array.from({ length: options.groups }, (_, n) =>
    emulator.world.supergroup({ username: `${name}_group_${n}`, title: `${name} group ${n}`, members: accounts }),
  );
  // what another test left in the pool is not to be drawn in place of this one's
  for (const { id, state } of await stack.admin.api.sessions.list.query())
    if (state === "unused") await stack.admin.api.sessions.remove.mutate({ id });
  await stack.fillPool(accounts);
  const user = await stack.createUser({
    type: "ENTERPRISE",
    maxSessions: options.accounts,
    maxGroups: Math.max(1, options.groups),
    expiresAt: null,
    ...options.plan,
  });
  if (options.groups > 0) await user.api.groups.add.mutate({ lines: groups.map((_, n) => `@${name}_group_${n}`) });
  await user.api.bot.configure.mutate({
    post: { type: "link", content: `https://t.me/${name}_news/1` },
    delayBetweenPosts: options.delayBetweenPosts ?? 0,
    delayBetweenCycles: options.delayBetweenCycles ?? 3600,
  });
  const chats = new Set(groups.map((group) => group.markedId));
  const posted = () => emulator.record.entries().filter((entry) => chats.has(entry.chatId));
  return {
    user,
    accounts,
    channel,
    groups,
    posted,
    until: async (posts) => {
      if (posted().length < posts) await emulator.record.waitFor(() => posted().length >= posts, { timeoutMs: 60_000 });
    },
  };
}

/** Asks `question` until it answers true: for what follows an event that a client cannot hear. */
export async function eventually(question: () => Promise<boolean>): Promise<void> {
  while (!(await question())) await new Promise((resolve) => setTimeout(resolve, 50));
}
