import pg from "pg";
import { afterEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

const databases: TestDatabase[] = [];
afterEach(async () => {
  await Promise.all(databases.splice(0).map((database) => database.drop()));
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test("each test database is migrated, and apart from the others", async () => {
  databases.push(...(await Promise.all([createTestDatabase(), createTestDatabase()])));
  const [one, other] = databases as [TestDatabase, TestDatabase];
  await query(one.url, "CREATE TABLE mine (id int)");

  expect(await query(one.url, "SELECT count(*)::int > 0 AS some FROM _prisma_migrations")).toEqual([{ some: true }]);
  expect(await query(other.url, "SELECT to_regclass('mine') AS table")).toEqual([{ table: null }]);
});

test("a dropped test database is gone, also when somebody is still connected", async () => {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  client.on("error", () => {}); // the server ends this connection
  await client.connect();
  await database.drop();

  await expect(query(database.url, "SELECT 1")).rejects.toMatchObject({ code: "3D000" });
});
