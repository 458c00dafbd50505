import { startTestDatabase } from "./test-database.ts";

/** Vitest's globalSetup for packages whose tests call `createTestDatabase`: one server for the whole run. */
export default async function setup(): Promise<(() => void) | undefined> {
  if (process.env.TEST_DATABASE_URL) return;
  const { url, stop } = await startTestDatabase();
  process.env.TEST_DATABASE_URL = url;
  return () => {
    delete process.env.TEST_DATABASE_URL;
    stop();
  };
}
