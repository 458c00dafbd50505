import { mayBeTaken, rests } from "@herald/core";
import { expect, onTestFinished, test } from "vitest";
import { createPrisma } from "../src/prisma.ts";
import { mayBeTakenSql, restsSql } from "../src/session-predicates.ts";
import { openWorld } from "./world.ts";

test("a session rests, and may be taken, by the same rule in the domain and in the database", async () => {
  const world = await openWorld();
  onTestFinished(() => world.close());
  const now = new Date("2026-05-03T10:00:00Z");
  const user = await world.user();
  await world.sql.query(
    `INSERT INTO sessions (id, label, file_name, fingerprint, place, user_id, needs_admin, resting_until, banned_at, death_cause)
     SELECT gen_random_uuid(), '', '', gen_random_uuid()::text, place, CASE WHEN place = 'assigned' THEN $2::uuid END, needs_admin,
       $1::timestamptz + rest, CASE WHEN place = 'banned' THEN $1::timestamptz END,
       CASE WHEN place = 'banned' THEN 'spam'::"DeathCause" END
     FROM unnest(enum_range(NULL::"SessionPlace")) AS place, unnest('{true,false}'::bool[]) AS needs_admin,
       unnest(ARRAY[NULL, '-1 s', '0 s', '1 ms', '1 day']::interval[]) AS rest`,
    [now, user.id],
  );
  const sessions = await world.store.transaction((tx) => tx.sessions.list());
  expect(sessions).toHaveLength(30);
  const prisma = createPrisma(world.sql);
  const ids = (rows: Array<{ id: string }>) => rows.map(({ id }) => id).sort();
  expect(ids(await prisma.$queryRaw`SELECT id FROM sessions WHERE ${restsSql(now)}`)).toEqual(
    ids(sessions.filter((session) => rests(session, now))),
  );
  const free = ids(sessions.filter((session) => mayBeTaken(session, now)));
  expect(ids(await prisma.$queryRaw`SELECT s.id FROM sessions s WHERE ${mayBeTakenSql(now, "s")}`)).toEqual(free);
  // that of one millisecond: the others rest longer, have rested, wait for an admin or are somebody's
  const back = new Date(now.getTime() + 1);
  expect(await world.store.transaction((tx) => tx.sessions.firstUnusedBack(now))).toEqual(back);
  expect(await world.store.transaction((tx) => tx.sessions.firstUnusedBack(new Date("2026-06-01")))).toBeNull();
});
