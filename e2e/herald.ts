import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { startStack } from "@herald/engine/testing";
import { freePort } from "@herald/scripts/ports";
import { startTestDatabase } from "@herald/scripts/test-database";
import type { Stack } from "@herald/testing/stack";
import { test as base, type Page } from "@playwright/test";

/** A whole Herald, pages and all, and the Telegram it posts to. */
export interface Herald extends Stack {
  /** where the pages are */
  url: string;
  /**
   * Pages besides those, on loopback, that browsers know by another address.
   * @returns where they are
   */
  servePagesAs(ownUrl: string): Promise<string>;
}

const webFolder = dirname(createRequire(import.meta.url).resolve("@herald/web/package.json"));
const next = createRequire(`${webFolder}/package.json`).resolve("next/dist/bin/next");

async function answers(url: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the pages ended with ${child.exitCode} while they started`);
}

async function startWeb(
  stack: Stack,
  engineUrl: string,
  ownUrl?: string,
): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const { ENGINE_JWT_SECRET } = stack.environment();
  const child = spawn(process.execPath, [next, "start", "--hostname", "127.0.0.1", "--port", `${port}`], {
    cwd: webFolder,
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      ENGINE_JWT_SECRET,
      ENGINE_URL: engineUrl,
      NEXTAUTH_URL: ownUrl ?? url,
      NEXTAUTH_SECRET: randomBytes(32).toString("base64"),
      DEMO: "0",
    },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await answers(`http://127.0.0.1:${port}/api/health`, child);
  return {
    url,
    stop: () => {
      child.kill();
      return ended;
    },
  };
}

/** Tests with one Herald for all of them: it takes seconds to start, and users do not see each other anyway. */
export const test = base.extend<{ baseURL: string }, { herald: Herald }>({
  herald: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern
    async ({}, use) => {
      await using resources = new AsyncDisposableStack();
      const server = await startTestDatabase();
      resources.defer(async () => server.stop());
      const stack = await startStack({ database: { url: server.url, drop: async () => {} } });
      resources.defer(() => stack[Symbol.asyncDispose]());
      const engine = await stack.startEngine();
      const web = await startWeb(stack, engine.url);
      resources.defer(() => web.stop());
      const servePagesAs = async (ownUrl: string) => {
        const more = await startWeb(stack, engine.url, ownUrl);
        resources.defer(() => more.stop());
        return more.url;
      };
      await use({ ...stack, url: web.url, servePagesAs });
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: async ({ herald }, use) => use(herald.url),
});

export { expect } from "@playwright/test";

export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}
