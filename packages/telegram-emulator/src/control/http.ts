import type { IncomingMessage, ServerResponse } from "node:http";
import type { z } from "zod";

/** A request that can't be carried out; the message says what to do. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const MAX_BODY_BYTES = 10 << 20;

export interface ControlRequest {
  /** The path's variable parts, in order. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly raw: IncomingMessage;
  /** The JSON body. @throws ControlError 400 that names the wrong field */
  body<T>(schema: z.ZodType<T>): Promise<T>;
}

export async function readJson<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const { "content-type": type = "", "content-length": length, "transfer-encoding": encoding } = request.headers;
  const hasBody = encoding !== undefined || (length !== undefined && length !== "0");
  // a web page may send other types to anybody, without asking first
  if (hasBody && !/^application\/json\s*(;|$)/i.test(type))
    throw new ControlError(415, "the body has to be JSON: Content-Type: application/json");
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new ControlError(413, "the body is larger than 10 MB");
    chunks.push(chunk);
  }
  let value: unknown;
  try {
    value = bytes === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new ControlError(400, "the body is not JSON");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ControlError(400, issuesText(parsed.error.issues));
}

export function issuesText(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string {
  return issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`).join("; ");
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(`${toJson(value)}\n`);
}

/** bigints become decimal strings, since 64 bits do not fit a JSON number. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) => (typeof entry === "bigint" ? String(entry) : entry));
}
