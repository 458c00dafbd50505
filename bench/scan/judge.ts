import { ErrorCode, ErrorDto, errorStatus, RestError } from "@herald/contract";
import { z } from "zod";
import type { ScanRequest } from "./requests.ts";

export interface Answer {
  status: number;
  /** with what it was answered: headers and body in one */
  headers: string;
  body: string;
}

/** What an answer must not have. */
export interface Forbidden {
  /** In no answer to anybody, not even to whoever sent it. By what it is. */
  secrets: ReadonlyMap<string, string>;
  /** What is another tenant's, and is only told to whoever named it. By what it is. */
  marks: ReadonlyMap<string, string>;
}

const TrpcError = z.object({
  error: z.object({
    message: z.string(),
    code: z.number(),
    data: z.strictObject({
      code: z.string(),
      httpStatus: z.number(),
      path: z.string().optional(),
      herald: z.strictObject(ErrorDto.shape),
    }),
  }),
});
const TrpcBatch = z.array(z.union([z.strictObject({ result: z.unknown() }), TrpcError]));
const RestRefusal = z.strictObject({ ...RestError.shape, code: ErrorCode });

/** Statuses that Herald's codes have none of their own for: the code says what is wrong, the status how. */
const FINER = [405, 408, 413, 414, 415, 429, 431];
/** What only programs say: lines of a stack, libraries, addresses. */
const INSIDES =
  /\\n\s+at |\((?:file:|node:|\/)\S+:\d+\)|node_modules|[Pp]risma|SQLSTATE|\$argon2|ECONN[A-Z]+|postgres(?:ql)?:\/\/|FST_ERR|ZodError/;
/** Fields of an input whose value is a secret. */
const SECRET_FIELD = /"(?:apiHash|password)":"([^"\\]{8,})"/g;

/** What is wrong with an answer; nothing, as it should be. */
export function faultsOf(request: ScanRequest, answer: Answer, { secrets, marks }: Forbidden): string[] {
  const { status, headers, body } = answer;
  const said = `${headers}\n${body}`;
  const sent = `${request.method} ${request.path} ${request.body ?? ""}`;
  const faults: string[] = [];
  if (status >= 500) faults.push(`${status}: a fault of Herald's own`);
  for (const [secret, what] of secrets) if (said.includes(secret)) faults.push(`it tells ${what}`);
  for (const [mark, what] of marks) if (said.includes(mark) && !sent.includes(mark)) faults.push(`it tells ${what}`);
  // a text that is to be posted is told to whoever wrote it
  if (repeatsSecret(request, said)) faults.push("it repeats a secret that it was sent");
  const shape = status >= 400 && request.method !== "HEAD" ? shapeFaults(request, answer) : [];
  const inside = INSIDES.exec(said)?.[0];
  if (shape.length > 0) faults.push(...shape);
  else if (inside !== undefined && !sent.includes(inside)) faults.push(`it tells of its insides: ${inside}`);
  return [...new Set(faults)];
}

/** Of what is sent once, in one call: another place, or another call, may have it told for a reason of its own. */
function repeatsSecret({ name, headers, body = "" }: ScanRequest, said: string): boolean {
  if (headers["content-type"] === "application/octet-stream") return body.length > 100 && said.includes(body);
  if (name === "a batch") return false;
  return [...body.matchAll(SECRET_FIELD)].some(
    ([, value = ""]) => body.split(value).length === 2 && said.includes(value),
  );
}

/** What is wrong with the shape of a refusal. */
function shapeFaults({ path }: ScanRequest, { status, body }: Answer): string[] {
  const json = parsed(body);
  const isTrpc = path.startsWith("/trpc/");
  if (isTrpc) {
    const { success, data } = TrpcBatch.safeParse(Array.isArray(json) ? json : [json]);
    if (success) {
      const statuses = data.flatMap((one) => ("error" in one ? [one.error.data] : []));
      const odd = statuses.find(({ httpStatus, herald }) => !isStatusOf(herald.code, httpStatus));
      if (odd !== undefined) return [`${odd.herald.code} has the status ${odd.httpStatus}`];
      const isAmong = status === 207 || statuses.some(({ httpStatus }) => httpStatus === status);
      return isAmong ? [] : [`the status ${status} is none of its errors'`];
    }
  }
  const rest = RestRefusal.safeParse(json);
  if (!rest.success) return [`${status} in a shape that is not Herald's`];
  return isStatusOf(rest.data.code, status) ? [] : [`${rest.data.code} has the status ${status}`];
}

const isStatusOf = (code: ErrorCode, status: number): boolean => errorStatus[code] === status || FINER.includes(status);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
