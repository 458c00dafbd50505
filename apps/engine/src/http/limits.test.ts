import { once } from "node:events";
import {
  MAX_BODY_BYTES,
  MAX_CALLS_PER_REQUEST,
  MAX_LIST_BODY_BYTES,
  MAX_SESSION_FILE_BYTES,
  tooLarge,
  unreadable,
  wrongContentType,
} from "@herald/contract";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { BEARER, type Edge, FILE, startEdge, untilClosed } from "../testing/edge.ts";

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(() => edge.stop());
beforeEach(() => {
  edge.calls.length = 0;
});

const JSON_TYPE = "application/json";
type Body = NonNullable<RequestInit["body"]>;
const asked = () => edge.calls.filter((call) => call !== "byApiKey");
const post = (body: Body, type = JSON_TYPE): RequestInit => ({
  method: "POST",
  headers: { "content-type": type },
  body,
  duplex: "half",
});
/** A body that does not say how large it is. */
const chunks = (bytes: number) => new Blob(["[".repeat(bytes)]).stream();

/** The same refusal as tRPC and as REST tell it. */
const told = (path: string, herald: { code: string; message: string }) =>
  path.startsWith("/trpc")
    ? { error: { message: herald.message, data: { herald } } }
    : { detail: herald.message, code: herald.code };

const limits: Array<[path: string, type: string, most: number]> = [
  ["/trpc/bot.configure", JSON_TYPE, MAX_BODY_BYTES],
  ["/trpc/bot.configure,bot.start?batch=1", JSON_TYPE, MAX_BODY_BYTES],
  ["/trpc/groups.add,bot.start?batch=1", JSON_TYPE, MAX_BODY_BYTES],
  ["/trpc/groups.add", JSON_TYPE, MAX_LIST_BODY_BYTES],
  ["/api/bot/start", JSON_TYPE, MAX_BODY_BYTES],
  ["/api/sessions/upload?name=a", FILE, MAX_SESSION_FILE_BYTES],
];

test.each(limits)("to %s of %s no more is sent than is taken", async (path, type, most) => {
  const refusal = { status: 413, body: told(path, tooLarge(most)), headers: { connection: "close" } };
  // not one byte is waited for when it says how many there will be: 16 MB of “[” cannot keep anybody waiting
  for (const bytes of [most + 1, 16_000_000 + most])
    expect(
      await edge.announce(path, { authorization: BEARER, "content-type": type, "content-length": bytes }),
    ).toMatchObject(refusal);
  const unsaid = await edge.wire(
    `POST ${path} HTTP/1.1\r\nhost: a\r\nauthorization: ${BEARER}\r\ncontent-type: ${type}\r\n` +
      `transfer-encoding: chunked\r\n\r\n${(most + 1).toString(16)}\r\n${"[".repeat(most + 1)}`,
  );
  expect(await untilClosed(unsaid)).toContain(JSON.stringify(tooLarge(most).message).slice(1, -1));
  expect(asked()).toEqual([]);
});

test("as many groups as a plan may have are added in one call", async () => {
  const lines = Array.from({ length: 5000 }, (_, n) => `@${"group".repeat(6)}_${n}`);
  expect(await edge.ask("/trpc/groups.add", post(JSON.stringify({ lines })))).toMatchObject({ status: 200 });
  expect(asked()).toEqual([["groups.add", 5000]]);
});

test.each(["/trpc/bot.configure", "/trpc/groups.add", "/api/bot/start"])(
  "what is no JSON, or nested without end, is refused by %s at once",
  async (path) => {
    const refusal = { status: 400, body: told(path, unreadable) };
    for (const body of ["[".repeat(MAX_BODY_BYTES), '{"a":'.repeat(10_000), `${"[".repeat(65)}${"]".repeat(65)}`, "{"])
      expect(await edge.ask(path, post(body))).toMatchObject(refusal);
    expect(await edge.ask(path, post(chunks(MAX_BODY_BYTES)))).toMatchObject(refusal);
    expect(asked()).toEqual([]);
  },
);

test("an input in the address is not nested without end either", async () => {
  const deep = "[".repeat(65);
  for (const query of [`input=${deep}`, `input=1&input=${deep}`, `connectionParams=${encodeURIComponent(deep)}`])
    expect(await edge.ask(`/trpc/bot.log?${query}`)).toMatchObject({ status: 400, body: told("/trpc", unreadable) });
});

test.each([
  ["/trpc/bot.configure", ["text/plain", "multipart/form-data; boundary=a", FILE, "x"], JSON_TYPE],
  ["/api/bot/start", ["text/plain", "application/x-www-form-urlencoded", FILE, "x"], JSON_TYPE],
  ["/api/sessions/upload?name=a", [JSON_TYPE, "multipart/form-data; boundary=a"], FILE],
])("%s reads nothing that it does not know", async (path, types, wanted) => {
  for (const type of types)
    expect(await edge.ask(path, post("a", type))).toMatchObject({
      status: 415,
      body: told(path, wrongContentType(wanted)),
    });
  expect(asked()).toEqual([]);
});

test("so many calls come in one request, and of one more none is made", async () => {
  const batch = (calls: number) => `/trpc/${Array(calls).fill("sync.state").join(",")}?batch=1`;
  expect(await edge.ask(batch(MAX_CALLS_PER_REQUEST))).toMatchObject({ status: 200 });
  expect(asked()).toHaveLength(MAX_CALLS_PER_REQUEST);
  edge.calls.length = 0;
  for (const calls of [MAX_CALLS_PER_REQUEST + 1, 450])
    expect(await edge.ask(batch(calls))).toMatchObject({ status: 400, body: told("/trpc", unreadable) });
  expect(await edge.ask(batch(450), post("{}"))).toMatchObject({ status: 400, body: told("/trpc", unreadable) });
  expect(asked()).toEqual([]);
});

test.each([
  ["an address that is too long", `GET /trpc/sync.state?input=${"1".repeat(20_000)} HTTP/1.1\r\n\r\n`, "too_large"],
  ["headers that are too long", `GET /live HTTP/1.1\r\nhost: a\r\na: ${"1".repeat(20_000)}\r\n\r\n`, "too_large"],
  ["no HTTP", "SSH-2.0-OpenSSH\r\n\r\n", "invalid_input"],
  ["a length that is none", "POST /live HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n", "invalid_input"],
])("%s: what is no request yet gets an answer of ours", async (_what, text, code) => {
  const [head = "", body = ""] = (await untilClosed(await edge.wire(text))).split("\r\n\r\n");
  expect(JSON.parse(body)).toMatchObject({ code });
  expect(head).toContain("\r\nx-content-type-options: nosniff\r\ncache-control: no-store\r\n");
});

test("of files that are sent together, one that is bad is nobody else's harm", async () => {
  const upload = (name: string, content: Body, type = FILE) =>
    edge.ask(`/api/sessions/upload?name=${name}`, post(content, type));
  const cutOff = await edge.wire(
    `POST /api/sessions/upload?name=cut HTTP/1.1\r\nhost: a\r\nauthorization: ${BEARER}\r\ncontent-type: ${FILE}\r\n` +
      "content-length: 100\r\n\r\nonly so much",
  );
  const answers = Promise.all([
    upload("one", "a key"),
    upload("large", new Blob(["a".repeat(MAX_SESSION_FILE_BYTES + 1)])),
    upload("", "a key"),
    upload("x".repeat(201), "a key"),
    upload("typed", "a key", "text/plain"),
    upload("two", new Blob(["a".repeat(MAX_SESSION_FILE_BYTES)]).stream()),
  ]);
  cutOff.destroy();
  await once(cutOff, "close");
  const said = (await answers).map(({ body }) => body);
  expect(said).toMatchObject([
    { status: "added", name: "one" },
    { code: "too_large", detail: tooLarge(MAX_SESSION_FILE_BYTES).message },
    { code: "invalid_input", field: "name", detail: "The file has no name." },
    { code: "invalid_input", field: "name" },
    { code: "unsupported_media_type" },
    { status: "added", name: "two" },
  ]);
  expect(asked().toSorted()).toEqual([
    ["upload", "one", 5],
    ["upload", "two", MAX_SESSION_FILE_BYTES],
  ]);
});
