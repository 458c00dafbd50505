import { apiPairs } from "./routers/api-pairs.ts";
import { audit } from "./routers/audit.ts";
import { bot } from "./routers/bot.ts";
import { chats } from "./routers/chats.ts";
import { groups } from "./routers/groups.ts";
import { sessions } from "./routers/sessions.ts";
import { sync } from "./routers/sync.ts";
import { users } from "./routers/users.ts";
import { adminProcedure, publicProcedure, router } from "./trpc.ts";

/** Every procedure of the engine. */
export const appRouter = router({
  bot,
  groups,
  sync,
  sessions,
  apiPairs,
  chats,
  users,
  audit,
  overview: adminProcedure.query(({ ctx }) => ctx.services.overview()),
  health: publicProcedure.query(({ ctx }) => ctx.services.health()),
});
export type AppRouter = typeof appRouter;
