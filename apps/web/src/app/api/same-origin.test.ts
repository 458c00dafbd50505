// Whatever a page can send to its own server, no other page may.
import { randomBytes } from "node:crypto";
import { globSync } from "node:fs";
import { NextRequest } from "next/server";
import { beforeAll, expect, test, vi } from "vitest";

const HOME = "https://herald.test";
/** Answers everybody alike, and changes nothing. */
const NOTHING = "[...path]/route.ts";

beforeAll(() => {
  for (const secret of ["NEXTAUTH_SECRET", "ENGINE_JWT_SECRET"]) vi.stubEnv(secret, randomBytes(32).toString("base64"));
  vi.stubEnv("NEXTAUTH_URL", HOME);
});

const handlers = await Promise.all(
  globSync("**/route.ts", { cwd: import.meta.dirname })
    .filter((file) => file !== NOTHING)
    .map(async (file) => [file, await import(/* @vite-ignore */ `./${file}`)] as const),
);
const changing = handlers.flatMap(([file, handler]) =>
  ["POST", "PUT", "PATCH", "DELETE"].flatMap((method) => (method in handler ? [[method, file, handler] as const] : [])),
);

test.each(changing)("%s %s is refused to the pages of others", async (method, _file, handler) => {
  for (const headers of [
    { origin: "https://evil.test", host: "herald.test" },
    { origin: "http://herald.test", host: "herald.test" },
    { "sec-fetch-site": "same-site" },
    { host: "herald.test" },
  ] as Record<string, string>[]) {
    const request = new NextRequest(`${HOME}/api/anything`, { method, headers });
    const answer = await handler[method](request, { params: Promise.resolve({}) });
    expect(answer.status, JSON.stringify(headers)).toBe(403);
  }
});

test("the sign-in, the calls and the uploads of the pages are among them", () => {
  const found = changing.map(([method, file]) => `${method} ${file}`);
  const known = ["auth/[...nextauth]", "trpc/[...trpc]", "sessions/upload"].map((path) => `POST ${path}/route.ts`);
  expect(found).toEqual(expect.arrayContaining(known));
});
