import { cookies } from "next/headers";
import { NextRequest } from "next/server";
import { env } from "@/env";
import { ownTarget } from "@/lib/own-target";

/** A sign-in takes some hundred bytes. */
const MAX_BODY_BYTES = 16 * 1024;

/** All that our pages ask next-auth for. What else it answers (forms and errors of its own) nobody gets to see. */
const ASKED = [
  "GET csrf",
  "GET providers",
  "GET session",
  "GET signin",
  "GET error",
  "POST callback/credentials",
  "POST signout",
];
const FIELDS = ["email", "password", "code", "csrfToken", "callbackUrl", "json"];

/**
 * The request as next-auth may see it: known fields as texts, and targets that are ours. Null for what nobody asks for, or what
 * is larger than any sign-in. next-auth itself takes every field for what it should be, and fails on others.
 */
export async function ownRequest(request: NextRequest, action: string[]): Promise<NextRequest | null> {
  if (!ASKED.includes(`${request.method} ${action.join("/")}`)) return null;
  await forgetStrangeTarget();
  const url = new URL(request.nextUrl);
  const fields = new URLSearchParams();
  const target = ownTarget(url.searchParams.get("callbackUrl"), url.origin);
  const error = url.searchParams.get("error");
  url.search = new URLSearchParams({
    ...(target === null ? {} : { callbackUrl: target }),
    ...(error === null ? {} : { error }),
  }).toString();
  if (request.method === "GET") return new NextRequest(url, { headers: request.headers });

  const body = await boundedText(request);
  if (body === null) return null;
  const given = fieldsOf(body, request.headers.get("content-type") ?? "");
  for (const name of FIELDS) {
    const value = given.get(name);
    if (typeof value === "string") fields.set(name, value);
  }
  const headers = new Headers(request.headers);
  headers.set("content-type", "application/x-www-form-urlencoded");
  headers.delete("content-length");
  return new NextRequest(url, { method: "POST", headers, body: fields.toString() });
}

/** next-auth keeps the last target in a cookie, and answers nothing any more once that is strange. */
async function forgetStrangeTarget(): Promise<void> {
  const { NEXTAUTH_URL } = env();
  const jar = await cookies();
  for (const { name, value } of jar.getAll())
    if (name.endsWith("next-auth.callback-url") && ownTarget(value, new URL(NEXTAUTH_URL).origin) === null)
      jar.delete(name);
}

/** Null as soon as there is too much of it. */
async function boundedText(request: NextRequest): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function fieldsOf(body: string, contentType: string): Map<string, unknown> {
  if (!contentType.includes("json")) return new Map<string, unknown>(new URLSearchParams(body));
  try {
    return new Map(Object.entries((JSON.parse(body) as object | null) ?? {}));
  } catch {
    return new Map();
  }
}
