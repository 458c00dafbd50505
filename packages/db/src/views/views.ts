import type { Views } from "@herald/core";
import { reaching } from "../errors.ts";
import type { Prisma } from "../prisma.ts";
import { auditView } from "./audit-view.ts";
import { botView } from "./bot-view.ts";
import { overview } from "./overview.ts";
import { peopleView } from "./people-view.ts";
import { poolView } from "./pool-view.ts";
import { progressView } from "./progress-view.ts";
import { unconfirmedView } from "./unconfirmed.ts";

/** @param defaultCooldown seconds, for chats without their own */
export function createViews(prisma: Prisma, defaultCooldown: number): Views {
  const views: Views = {
    ...auditView(prisma),
    ...peopleView(prisma),
    ...botView(prisma),
    ...poolView(prisma, defaultCooldown),
    ...progressView(prisma),
    ...unconfirmedView(prisma),
    overview: (now) => overview(prisma, now),
  };
  return eachReaching(views);
}

/** Every method, with a PostgreSQL that does not answer told apart from everything else. */
function eachReaching<T extends { [K in keyof T]: (...args: never[]) => Promise<unknown> }>(methods: T): T {
  return Object.fromEntries(
    Object.entries<(...args: never[]) => Promise<unknown>>(methods).map(([name, method]) => [
      name,
      (...args: never[]) => reaching(() => method(...args)),
    ]),
  ) as T;
}
