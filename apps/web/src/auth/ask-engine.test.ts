import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { jwtVerify } from "jose";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { askEngine } from "./ask-engine";

const SECRET = randomBytes(32).toString("base64");
const INPUT = {
  email: "a@x.io",
  password: "p",
  code: null,
  address: "192.0.2.1",
  device: null,
  userAgent: "A browser",
};

/** What the engine says, and what it was asked. */
let answer = { status: 200, body: "" };
let asked: { request: IncomingMessage; body: string } | null = null;
const engine = createServer(async (request, response) => {
  asked = { request, body: Buffer.concat(await request.toArray()).toString() };
  response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
});

beforeAll(async () => {
  await once(engine.listen(0, "127.0.0.1"), "listening");
  vi.stubEnv("ENGINE_URL", `http://127.0.0.1:${(engine.address() as AddressInfo).port}`);
  vi.stubEnv("ENGINE_JWT_SECRET", SECRET);
  vi.stubEnv("NEXTAUTH_SECRET", randomBytes(32).toString("base64"));
  vi.stubEnv("NEXTAUTH_URL", "http://localhost:3000");
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => {
  vi.unstubAllEnvs();
  engine.close();
});

test("the engine is asked with a token that is good for this alone, and its answer is the answer", async () => {
  answer = { status: 200, body: JSON.stringify({ result: "slowed", retryAfterSeconds: 7 }) };
  expect(await askEngine(INPUT)).toEqual({ result: "slowed", retryAfterSeconds: 7 });
  expect([asked?.request.method, asked?.request.url]).toEqual(["POST", "/internal/sign-in"]);
  expect(JSON.parse(asked?.body ?? "")).toEqual(INPUT);
  const token = asked?.request.headers.authorization?.slice("Bearer ".length) ?? "";
  const checks = { audience: "herald-engine-sign-in", issuer: "herald-web", requiredClaims: ["exp"] };
  expect((await jwtVerify(token, new TextEncoder().encode(SECRET), checks)).payload.sub).toBeUndefined();
});

test.each([
  ["a fault", 500, JSON.stringify({ code: "internal" })],
  ["no database", 503, JSON.stringify({ code: "database_unavailable" })],
  ["an older engine", 404, JSON.stringify({ code: "not_found" })],
  ["something else that listens there", 200, "<html>"],
  ["a result that is none", 200, JSON.stringify({ result: "perhaps" })],
])("%s is no answer, and the log has nothing of the password", async (_, status, body) => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  answer = { status, body };
  expect(await askEngine({ ...INPUT, password: "a password of mine" })).toBeNull();
  expect(logged).toHaveBeenCalledOnce();
  expect(JSON.stringify(logged.mock.calls)).not.toContain("a password of mine");
});
