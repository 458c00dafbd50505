import { MAX_BODY_BYTES, tooLarge } from "@herald/contract";
import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { authOptions } from "@/auth/options";
import { isBodyWithin } from "@/lib/body-limit";

async function handler(request: NextRequest, context: RouteContext<"/api/auth/[...nextauth]">): Promise<Response> {
  if (!isBodyWithin(request.headers, MAX_BODY_BYTES))
    return Response.json({ message: tooLarge(MAX_BODY_BYTES).message }, { status: 413 });
  return NextAuth(request, context, authOptions());
}

export { handler as GET, handler as POST };
