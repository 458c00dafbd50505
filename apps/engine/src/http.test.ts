import { once } from "node:events";
import { request as open } from "node:http";
import type { Services } from "@herald/core";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createHttp } from "./http.ts";

const KEY = "hk_good";
let asked = 0;
let url: string;
let http: Awaited<ReturnType<typeof createHttp>>;

const user = {
  id: "ada",
  email: "ada@example.org",
  name: "Ada",
  role: "admin",
  plan: null,
  disabled: false,
  timeZone: "UTC",
  createdAt: new Date(0),
} as const;

/** What the calls of this file come to; whatever else were asked would throw. */
const services = {
  users: {
    byApiKey: async (key: string) => {
      asked++;
      return key === KEY ? { user, apiKeyId: "key" } : null;
    },
  },
  sessions: { upload: async () => [] },
  bots: { start: () => Promise.reject(new Error("not part of this test")) },
} as unknown as Services;

beforeAll(async () => {
  const log = pino({ level: "silent" });
  http = await createHttp({ services, jwtSecret: new Uint8Array(32), log, isReady: () => true });
  url = await http.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(() => http.close());

/** Announces a body of so many bytes, and sends none of it: only who does not wait for it answers. */
async function announce(path: string, bytes: number, authorization?: string) {
  const call = open(`${url}${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "content-length": bytes,
      ...(authorization === undefined ? {} : { authorization }),
    },
  });
  call.flushHeaders();
  const [answer] = await once(call, "response");
  const text = (await answer.setEncoding("utf8").toArray()).join("");
  call.destroy();
  return { status: answer.statusCode, body: JSON.parse(text) };
}

const herald = expect.objectContaining({ code: "unauthenticated" });
const refusal = (path: string) => ({
  error: expect.objectContaining({ data: { code: "UNAUTHORIZED", httpStatus: 401, path, herald } }),
});

test.each([
  ["a call", "/trpc/sessions.upload", refusal("sessions.upload")],
  ["calls in one request", "/trpc/bot.start,bot.stop?batch=1", [refusal("bot.start"), refusal("bot.stop")]],
  ["a route", "/api/bot/start", { code: "unauthenticated", detail: expect.stringContaining("Bearer") }],
])("%s of nobody is refused before the body is read", async (_, path, body) => {
  // one more than is taken of anybody, too
  for (const authorization of [undefined, "Bearer hk_bad"])
    for (const bytes of [100_000_000, 1_000_000_000])
      expect(await announce(path, bytes, authorization)).toEqual({ status: 401, body });
});

test.each([
  ["/trpc/sessions.upload", JSON.stringify({ files: [{ name: "a", content: "" }] }), 200],
  ["/api/bot/start", "{}", 500],
])("who calls %s is asked for once", async (path, body, status) => {
  asked = 0;
  const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
  expect((await fetch(`${url}${path}`, { method: "POST", headers, body })).status).toBe(status);
  expect(asked).toBe(1);
});
