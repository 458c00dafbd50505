import { unreadable, wrongContentType } from "@herald/contract";
import { HeraldError } from "@herald/core";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { expect, test } from "vitest";
import { ZodError, z } from "zod";
import { refused, statusOf, toErrorDto } from "./errors.ts";
import { restError } from "./rest.ts";
import { appRouter, trpcError } from "./router.ts";
import { recorded, user } from "./testing/recorded.ts";

const Answer = z.object({
  error: z.object({ code: z.number(), message: z.string(), data: z.record(z.string(), z.unknown()) }),
});

/** What a browser gets of a request to tRPC that fails, and the faults that were written down. */
async function answerOf(path: string, { context, faults }: ReturnType<typeof recorded>, init?: RequestInit) {
  const response = await fetchRequestHandler({
    endpoint: "/trpc",
    req: new Request(`http://engine/trpc/${path}`, init),
    router: appRouter,
    createContext: () => context,
  });
  return { status: response.status, error: Answer.parse(await response.json()).error, faults };
}

const post = (body: string): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body,
});

const failing = (error: Error) => recorded(user, { "bots.status": error });
const asked = (word: string, httpStatus: number, path?: string) => ({ code: word, httpStatus, path });

test.each([
  ["no_post", 400, "BAD_REQUEST"],
  ["unauthenticated", 401, "UNAUTHORIZED"],
  ["plan_expired", 403, "FORBIDDEN"],
  ["not_found", 404, "NOT_FOUND"],
  ["no_sessions", 409, "CONFLICT"],
  ["database_unavailable", 503, "SERVICE_UNAVAILABLE"],
  ["internal", 500, "INTERNAL_SERVER_ERROR"],
] as const)(
  "the refusal %s is answered with %i, says what it is, and is no fault of ours",
  async (code, status, word) => {
    const refusal = new HeraldError(code, "This happened.", { field: "post", details: { most: 3 } });
    const { error, ...answer } = await answerOf("bot.status", failing(refusal));
    expect(answer).toEqual({ status, faults: [] });
    const herald = { code, message: "This happened.", field: "post", details: { most: 3 } };
    expect(error).toEqual({
      code: expect.any(Number),
      message: "This happened.",
      data: { ...asked(word, status, "bot.status"), herald },
    });
  },
);

test("a refusal that came too late is one for the caller, and its cause a fault of ours", async () => {
  const cause = new Error("secret 42");
  const refusal = new HeraldError("invalid_input", "It cannot be stored.", { cause });
  const { error, status, faults } = await answerOf("bot.status", failing(refusal));
  expect([status, faults]).toEqual([400, [cause]]);
  expect(JSON.stringify(error)).not.toContain("secret");
});

test("a fault of ours is written down once, and nothing of it is shown", async () => {
  const fault = new Error("secret 42");
  const { error, status, faults } = await answerOf("bot.status", failing(fault));
  const herald = {
    code: "internal",
    message: "Something failed on our side. Nothing was changed; try again, and tell the admin if it stays.",
  };
  expect([status, faults]).toEqual([500, [fault]]);
  expect(error).toEqual({
    code: expect.any(Number),
    message: herald.message,
    data: { ...asked("INTERNAL_SERVER_ERROR", 500, "bot.status"), herald },
  });
  expect(toErrorDto(fault)).toEqual(herald);
  expect(restError(fault)).toEqual({ status: 500, body: { code: herald.code, detail: herald.message } });
});

test("input that does not fit names its field", async () => {
  const { error, status, faults } = await answerOf("bot.configure", recorded(user), post('{"delayBetweenPosts":0.5}'));
  expect([status, faults]).toEqual([400, []]);
  expect(error).toMatchObject({
    message: "Give whole seconds.",
    data: {
      ...asked("BAD_REQUEST", 400, "bot.configure"),
      herald: { code: "invalid_input", message: "Give whole seconds.", field: "delayBetweenPosts" },
    },
  });
});

test("a request that is none gets neither tRPC's words nor a stack", async () => {
  const none = { code: "not_found", message: "There is no such procedure." };
  const untyped = wrongContentType("application/json");
  for (const [path, init, status, herald] of [
    ["bot.fly", undefined, 404, none],
    ["bot.stop", undefined, 405, none],
    ["bot.configure", post("{"), 400, unreadable],
    ["bot.configure", { method: "POST", body: "x", headers: { "content-type": "text/x" } }, 415, untyped],
  ] as const) {
    const answer = await answerOf(path, recorded(user), init);
    expect([path, answer.status, answer.faults]).toEqual([path, status, []]);
    expect(answer.error).toMatchObject({ message: herald.message, data: { httpStatus: status, herald } });
    expect(answer.error.data).not.toHaveProperty("stack");
  }
});

test("a database that is away is 503, also while it is asked who calls", async () => {
  const { context, ...rest } = recorded(null);
  const away = () => Promise.reject(new HeraldError("database_unavailable", "The database cannot be reached."));
  const { status, faults } = await answerOf("bot.status", { ...rest, context: { ...context, identify: away } });
  expect([status, faults]).toEqual([503, []]);
});

test.each([
  ["too_large", 413, "PAYLOAD_TOO_LARGE"],
  ["too_slow", 408, "TIMEOUT"],
  ["unsupported_media_type", 415, "UNSUPPORTED_MEDIA_TYPE"],
  ["invalid_input", 400, "BAD_REQUEST"],
] as const)("what comes to no procedure is told as others are: %s", (code, status, word) => {
  const herald = { code, message: "Nothing was done." };
  expect(trpcError(refused(herald))).toEqual({
    status,
    body: { error: { code: expect.any(Number), message: herald.message, data: { ...asked(word, status), herald } } },
  });
});

test("a fault of ours before any procedure shows nothing of itself", () => {
  const { status, body } = trpcError(new Error("secret 42"));
  expect([status, body]).toMatchObject([500, { error: { data: { herald: toErrorDto(null) } } }]);
  expect(JSON.stringify(body)).not.toContain("secret 42");
});

test("who does not say who they are, or may not, is told so", async () => {
  const nobody = await answerOf("bot.status", recorded(null));
  expect([nobody.status, nobody.error.message]).toEqual([
    401,
    "Sign in first: the token is missing, expired or not for this engine.",
  ]);
  const notAdmin = await answerOf("users.list", recorded(user));
  expect([notAdmin.status, notAdmin.error.message]).toEqual([403, "Only an admin may do this."]);
});

test("an error has field and details only where they are known", () => {
  expect(toErrorDto(new HeraldError("no_groups", "Add a group."))).toStrictEqual({
    code: "no_groups",
    message: "Add a group.",
  });
  const fault = (schema: z.ZodType, input: unknown) => toErrorDto(schema.safeParse(input).error);
  expect(fault(z.object({ a: z.array(z.number("A number.")) }), { a: [1, "x"] })).toStrictEqual({
    code: "invalid_input",
    message: "A number.",
    field: "a.1",
  });
  expect(fault(z.number("A number."), "x")).toStrictEqual({ code: "invalid_input", message: "A number." });
  expect(toErrorDto(new ZodError([]))).toStrictEqual({ code: "invalid_input", message: "This input does not fit." });
});

test.each([undefined, null, "secret 42", { message: "secret 42" }])(
  "what is thrown as %j is a fault of ours",
  (thrown) => {
    const dto = toErrorDto(thrown);
    expect([dto.code, statusOf(dto)]).toEqual(["internal", 500]);
    expect(JSON.stringify(dto)).not.toContain("secret 42");
  },
);
