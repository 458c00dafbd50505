import fc from "fast-check";
import type { Endpoint } from "./endpoints.ts";
import { HOSTILE_BODIES, HOSTILE_FILES, HOSTILE_PATHS, HOSTILE_VALUES } from "./hostile.ts";
import { inputsOf } from "./inputs.ts";

/** One HTTP request to the engine, but for who sends it. */
export interface ScanRequest {
  /** what it is about, as findings name it */
  name: string;
  method: string;
  /** with its query */
  path: string;
  headers: Record<string, string>;
  body?: string;
}

/** Calls in one request. */
const MOST_IN_A_BATCH = 8;

const JSON_TYPE = "application/json";
const FILE_TYPE = "application/octet-stream";
const OTHER_TYPES = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "a", ""];
const OTHER_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"];

/**
 * Requests to all endpoints, most to those that take something.
 * @param wordsFor what means something to each, see {@link inputsOf}
 * @param files what is sent where a file is taken, besides what is no session
 */
export function requestsTo(
  endpoints: readonly Endpoint[],
  wordsFor: (endpoint: Endpoint) => readonly string[],
  files: readonly string[],
): fc.Arbitrary<ScanRequest> {
  const calls = endpoints.map((endpoint) => ({ endpoint, input: inputTo(endpoint, wordsFor(endpoint)) }));
  const call = fc.oneof(
    ...calls.map(({ endpoint, input }) =>
      endpoint.takesFile
        ? { weight: 4, arbitrary: fileTo(endpoint, wordsFor(endpoint), files) }
        : {
            weight: endpoint.schema === undefined ? 1 : 4,
            arbitrary: input.map((value) => asRequest(endpoint, value)),
          },
    ),
  );
  const batches = (["query", "mutation"] as const).map((kind) => {
    const of = calls.filter(({ endpoint }) => endpoint.kind === kind);
    const one = fc.oneof(...of.map(({ endpoint, input }) => input.map((value) => ({ endpoint, value }))));
    return fc.array(one, { minLength: 1, maxLength: MOST_IN_A_BATCH }).map(asBatch);
  });
  const unreadable = fc
    .tuple(call, fc.constantFrom(...HOSTILE_BODIES))
    .map(([request, body]) => withBody({ ...request, method: "POST" }, body));
  const otherType = fc
    .tuple(call, fc.constantFrom(...OTHER_TYPES))
    .map(([request, type]) => ({ ...request, headers: { ...request.headers, "content-type": type } }));
  const otherMethod = fc.tuple(call, fc.constantFrom(...OTHER_METHODS)).map(([{ body, ...request }, method]) => ({
    ...request,
    method,
    ...(body !== undefined && !["GET", "HEAD"].includes(method) && { body }),
  }));
  const elsewhere = fc
    .tuple(fc.constantFrom(...HOSTILE_PATHS), fc.constantFrom("GET", "POST"))
    .map(([path, method]) => ({
      name: "elsewhere",
      method,
      path: `/${path}`,
      headers: {},
    }));
  return fc.oneof(
    { weight: 30, arbitrary: call },
    ...batches.map((arbitrary) => ({ weight: 2, arbitrary })),
    { weight: 3, arbitrary: unreadable },
    { weight: 1, arbitrary: otherType },
    { weight: 2, arbitrary: otherMethod },
    { weight: 1, arbitrary: elsewhere },
  );
}

/** What a call is given: undefined stands for nothing. */
function inputTo({ schema }: Endpoint, words: readonly string[]): fc.Arbitrary<unknown> {
  const nothing = fc.constant(undefined);
  if (schema === undefined)
    return fc.oneof({ weight: 4, arbitrary: nothing }, { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_VALUES) });
  const { fitting, straying } = inputsOf(schema, words);
  return fc.oneof(
    { weight: 6, arbitrary: fitting },
    { weight: 13, arbitrary: straying },
    { weight: 1, arbitrary: nothing },
  );
}

/** A file, with parameters as the endpoint's schema has them, or nearly. */
function fileTo(
  { name, method, path, query }: Endpoint,
  words: readonly string[],
  files: readonly string[],
): fc.Arbitrary<ScanRequest> {
  const parameters =
    query === undefined ? fc.constant({}) : inputTo({ name, kind: "rest", method, path, schema: query }, words);
  return fc.tuple(parameters, fc.constantFrom(...files, ...HOSTILE_FILES)).map(([values, body]) => {
    const texts = Object.entries(Object(values ?? {})).map(([key, value]): [string, string] => [
      key,
      typeof value === "string" ? value : `${JSON.stringify(value)}`,
    ]);
    const search = new URLSearchParams(texts);
    return { name, method, path: `${path}?${search}`, headers: { "content-type": FILE_TYPE }, body };
  });
}

function asRequest({ name, method, path }: Endpoint, input: unknown): ScanRequest {
  const json = input === undefined ? undefined : JSON.stringify(input);
  if (method === "GET")
    return { name, method, path: json === undefined ? path : `${path}?${inQuery(json)}`, headers: {} };
  return withBody({ name, method, path, headers: {} }, json);
}

function asBatch(calls: Array<{ endpoint: Endpoint; value: unknown }>): ScanRequest {
  const names = calls.map(({ endpoint }) => endpoint.name).join(",");
  const json = JSON.stringify(Object.fromEntries(calls.map(({ value }, index) => [index, value])));
  const path = `/trpc/${names}?batch=1`;
  const request = { name: "a batch", headers: {} };
  return calls[0]?.endpoint.method === "GET"
    ? { ...request, method: "GET", path: `${path}&${inQuery(json)}` }
    : withBody({ ...request, method: "POST", path }, json);
}

const inQuery = (json: string): string => new URLSearchParams({ input: json }).toString();

const withBody = (request: ScanRequest, body: string | undefined): ScanRequest => ({
  ...request,
  headers: { ...request.headers, ...(body !== undefined && { "content-type": JSON_TYPE }) },
  ...(body !== undefined && { body }),
});
