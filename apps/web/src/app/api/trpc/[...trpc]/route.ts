import { bodyLimitOf, type ErrorDto, errorStatus } from "@herald/contract";
import type { NextRequest } from "next/server";
import { forward } from "@/lib/forward";

/** The engine's error shape in tRPC's envelope. */
function refuse(herald: ErrorDto, httpStatus: number = errorStatus[herald.code]): Response {
  const data = { code: httpStatus === 401 ? "UNAUTHORIZED" : "SERVICE_UNAVAILABLE", httpStatus, herald };
  return Response.json({ error: { code: -32603, message: herald.message, data } }, { status: httpStatus });
}

/** The calls of the dashboard. */
function serve(request: NextRequest): Promise<Response> {
  const path = request.nextUrl.pathname.replace(/^\/api\/trpc\//, "");
  return forward(request, { path: `/trpc/${path}`, bodyLimit: bodyLimitOf(path), refuse });
}

export { serve as GET, serve as POST };
