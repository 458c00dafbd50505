import { once } from "node:events";
import { tooSlow } from "@herald/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BEARER, type Edge, FILE, startEdge, untilClosed } from "../testing/edge.ts";

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge({ head: 400, body: 400, request: 1000, idle: 150, look: 25 });
});
afterAll(() => edge.stop());

const part = (path: string, type = "application/json") =>
  `POST ${path} HTTP/1.1\r\nhost: a\r\nauthorization: ${BEARER}\r\ncontent-type: ${type}\r\ncontent-length: 100\r\n\r\n{`;

test.each([
  ["nothing at all", ""],
  ["half a head", "GET /live HTTP/1.1\r\nhost: "],
  ["half a body for a call", part("/trpc/bot.configure")],
  ["half a body for a call of many groups", part("/trpc/groups.add")],
  ["half a body for a route", part("/api/bot/start")],
  ["half a file", part("/api/sessions/upload?name=a", FILE)],
])("who sends %s is answered and cut", async (_what, text) => {
  const answer = await untilClosed(await edge.wire(text));
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(answer).toContain(tooSlow.message);
  expect(edge.calls.filter((call) => call !== "byApiKey")).toEqual([]);
});

test("a connection on which nothing more is asked is ended", async () => {
  const answer = await untilClosed(await edge.wire("GET /live HTTP/1.1\r\nhost: a\r\n\r\n"));
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});

test("an event stream outlives what cuts a slow request", async () => {
  const stream = await edge.wire(`GET /trpc/sync.events HTTP/1.1\r\nhost: a\r\nauthorization: ${BEARER}\r\n\r\n`);
  expect((await once(stream, "data")).join("")).toContain("text/event-stream");
  // begun after the stream, and cut by the longest of the limits
  await untilClosed(await edge.wire(part("/api/sessions/upload?name=a", FILE)));
  edge.tell({ type: "pool" });
  let heard = "";
  for await (const chunk of stream) {
    heard += chunk;
    if (heard.includes("pool")) break;
  }
  expect(heard).toContain('{"type":"pool"}');
});
