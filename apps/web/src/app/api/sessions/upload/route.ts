import { type ErrorDto, errorStatus, MAX_SESSION_FILE_BYTES, type RestError } from "@herald/contract";
import type { NextRequest } from "next/server";
import { forward } from "@/lib/forward";

/** The engine's error shape in REST's words. */
function refuse({ message, code }: ErrorDto, status: number = errorStatus[code]): Response {
  return Response.json({ detail: message, code } satisfies RestError, { status });
}

/** A session file, on its way to the engine. */
export function POST(request: NextRequest): Promise<Response> {
  return forward(request, { path: "/api/sessions/upload", bodyLimit: MAX_SESSION_FILE_BYTES, refuse });
}
