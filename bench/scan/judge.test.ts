import { expect, test } from "vitest";
import { type Answer, faultsOf } from "./judge.ts";
import type { ScanRequest } from "./requests.ts";

const request: ScanRequest = { name: "bot.log", method: "GET", path: "/trpc/bot.log", headers: {} };
const rest: ScanRequest = { name: "GET /live", method: "GET", path: "/live", headers: {} };
const FILE = "A".repeat(200);
const forbidden = { secrets: new Map([["c2VjcmV0", "a key"]]), marks: new Map([["0001-theirs", "their id"]]) };

const trpc = (status: number, code: string, more: object = {}) =>
  JSON.stringify({
    error: {
      message: "No.",
      code: -32600,
      data: { code: "X", httpStatus: status, path: "bot.log", herald: { code, message: "No." } },
      ...more,
    },
  });
const answer = (status: number, body: string, headers = ""): Answer => ({ status, headers, body });
const faults = (of: ScanRequest, given: Answer) => faultsOf(of, given, forbidden);

test.each<[string, ScanRequest, Answer]>([
  ["an answer", request, answer(200, '{"result":{"data":[]}}')],
  ["a refusal over tRPC", request, answer(400, trpc(400, "invalid_input"))],
  ["a batch of both", request, answer(207, `[{"result":{"data":1}},${trpc(403, "forbidden")}]`)],
  ["a refusal over REST", rest, answer(401, '{"detail":"No.","code":"unauthenticated","field":"a"}')],
  ["a finer status than the code's", rest, answer(413, '{"detail":"No.","code":"invalid_input"}')],
  ["what its sender has named", { ...request, path: "/trpc/bot.log?input=0001-theirs" }, answer(200, "0001-theirs")],
  [
    "what its sender sent in the open too",
    { ...rest, body: '{"password":"correct horse","name":"correct horse"}' },
    answer(200, "correct horse"),
  ],
  ["no body where none is to be", { ...rest, method: "HEAD" }, answer(404, "")],
])("%s is as it should be", (_what, of, given) => {
  expect(faults(of, given)).toEqual([]);
});

test.each<[string, ScanRequest, Answer]>([
  ["500: a fault of Herald's own", rest, answer(500, '{"detail":"No.","code":"internal"}')],
  ["503: a fault of Herald's own", request, answer(503, trpc(503, "database_unavailable"))],
  ["it tells a key", { ...request, body: "c2VjcmV0" }, answer(200, "c2VjcmV0")],
  ["it tells a key", request, answer(200, "", "x: c2VjcmV0")],
  ["it tells their id", request, answer(200, "0001-theirs")],
  [
    "it repeats a secret that it was sent",
    { ...rest, body: '{"password":"correct horse"}' },
    answer(200, "correct horse"),
  ],
  [
    "it repeats a secret that it was sent",
    { ...rest, headers: { "content-type": "application/octet-stream" }, body: FILE },
    answer(200, FILE),
  ],
  ["it tells of its insides: \\n    at ", request, answer(200, JSON.stringify("Error: no\n    at start"))],
  ["it tells of its insides: (file:///a.ts:1:2)", request, answer(200, "start (file:///a.ts:1:2)")],
  ["it tells of its insides: $argon2", request, answer(200, "$argon2id$v=19")],
  ["401 in a shape that is not Herald's", rest, answer(401, "no")],
  ["404 in a shape that is not Herald's", request, answer(404, "{}")],
  ["forbidden has the status 401", request, answer(401, trpc(401, "forbidden"))],
  ["unauthenticated has the status 400", rest, answer(400, '{"detail":"No.","code":"unauthenticated"}')],
  ["the status 404 is none of its errors'", request, answer(404, trpc(400, "invalid_input"))],
])("“%s” is found", (fault, of, given) => {
  expect(faults(of, given)).toEqual([fault]);
});

test("a stack beside Herald's error is found", () => {
  const body = trpc(400, "invalid_input").replace('"path":"bot.log"', '"stack":"x"');
  expect(faults(request, answer(400, body))).toEqual(["400 in a shape that is not Herald's"]);
});
