import { afterAll, beforeAll, expect, test } from "vitest";
import { BEARER, type Edge, FILE, startEdge } from "./testing/edge.ts";
import { routes, served } from "./testing/routes.ts";

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(() => edge.stop());

const herald = expect.objectContaining({ code: "unauthenticated" });
const refusal = (path: string) => ({
  error: expect.objectContaining({ data: { code: "UNAUTHORIZED", httpStatus: 401, path, herald } }),
});
const none = { error: expect.objectContaining({ data: expect.objectContaining({ httpStatus: 404 }) }) };
const rest = { code: "unauthenticated", detail: expect.stringContaining("Bearer") };

test.each([
  ["a call", "/trpc/groups.add", 401, refusal("groups.add")],
  ["calls in one request", "/trpc/bot.start,bot.stop?batch=1", 401, [refusal("bot.start"), refusal("bot.stop")]],
  ["a call of what there is not", "/trpc/bot.fly", 404, none],
  ["a route", "/api/bot/start", 401, rest],
  ["an upload", "/api/sessions/upload?name=a", 401, rest],
  ["what there is not", "/nowhere", 404, { code: "not_found", detail: "There is nothing at this address." }],
])("%s of nobody is refused before the body is read, and no more is heard", async (_, path, status, body) => {
  // one that is too large as well, and one that does not say how large it is
  for (const credentials of [{}, { authorization: "Bearer hk_bad" }])
    for (const size of [{ "content-length": 100 }, { "content-length": 1e9 }, { "transfer-encoding": "chunked" }]) {
      const headers = { "content-type": path.includes("upload") ? FILE : "application/json", ...size, ...credentials };
      const answer = await edge.announce(path, headers);
      expect(answer).toMatchObject({ status, body, headers: { connection: "close" } });
    }
});

test.each([
  ["/api/sessions/upload?name=a", { headers: { "content-type": FILE }, body: "key" }, 200],
  ["/api/bot/start", { headers: { "content-type": "application/json" }, body: "{}" }, 500],
  ["/trpc/bot.start", { headers: { "content-type": "application/json" }, body: "{}" }, 500],
])("who calls %s is asked for once", async (path, init, status) => {
  edge.calls.length = 0;
  expect(await edge.ask(path, { method: "POST", ...init })).toMatchObject({ status });
  expect(edge.calls.filter((call) => call === "byApiKey")).toHaveLength(1);
});

test.each([
  ["/live", 200],
  ["/ready", 200],
  ["/api/health", 200],
  ["/trpc/health", 200],
  ["/trpc/sync.state", 200],
  ["/trpc/bot.start", 405],
  ["/api/bot/start", 404],
  ["/trpc/%", 400],
  ["/%", 400],
])("the answer of %s is not stored, not guessed at, and names no library", async (path, status) => {
  const { headers, ...answer } = await edge.ask(path);
  expect(answer.status).toBe(status);
  expect(headers).toMatchObject({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
  expect(Object.keys(headers)).not.toContain("server");
  expect(JSON.stringify([headers, answer])).not.toMatch(/fastify|FST_|node/i);
});

test("an event stream is not stored either, and still held back by nobody", async () => {
  const listening = new AbortController();
  const { headers } = await fetch(`${edge.url}/trpc/sync.events`, {
    headers: { authorization: BEARER },
    signal: listening.signal,
  });
  expect(Object.fromEntries(headers)).toMatchObject({
    "content-type": "text/event-stream",
    "cache-control": "no-store, no-transform",
    "x-content-type-options": "nosniff",
  });
  listening.abort();
});

test("every route stands in the table that the authorisation tests go by, and nothing else", () => {
  expect(
    served(edge.http)
      .filter((route) => !route.includes(" /trpc/"))
      .sort(),
  ).toEqual(Object.keys(routes).sort());
});
