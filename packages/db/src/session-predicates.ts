import { Prisma } from "./generated/client.ts";

/**
 * What core's `rests` and `mayBeTaken` say of a session, for queries. That it rests is said once in SQL
 * (prisma/functions/session_rests.sql); the tests hold both against the domain's on the same rows.
 */

/** True while the session must not be used. `alias` is the table's name in the query. */
export const restsSql = (now: Date, alias = "sessions"): Prisma.Sql =>
  Prisma.sql`herald_session_rests(${Prisma.raw(alias)}.needs_admin, ${Prisma.raw(alias)}.resting_until, ${now}::timestamptz)`;

/** Whether the pool may give it to a bot. */
export const mayBeTakenSql = (now: Date, alias = "sessions"): Prisma.Sql =>
  Prisma.sql`(${Prisma.raw(alias)}.place = 'unused' AND NOT ${restsSql(now, alias)})`;

/** When the first of the unused sessions that rest is back by itself; null: none is. */
export const firstUnusedBackSql = (now: Date): Prisma.Sql =>
  Prisma.sql`SELECT min(resting_until) FROM sessions WHERE place = 'unused' AND NOT needs_admin AND ${restsSql(now)}`;
