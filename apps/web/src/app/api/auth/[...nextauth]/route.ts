import { MAX_BODY_BYTES, tooLarge } from "@herald/contract";
import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { authOptions } from "@/auth/options";
import { ownRequest } from "@/auth/own-request";
import { env } from "@/env";
import { isBodyWithin } from "@/lib/body-limit";
import { isSameOrigin } from "@/lib/same-origin";

type Context = RouteContext<"/api/auth/[...nextauth]">;

/** In the shape in which the form hears of what is wrong. */
const refuse = (request: NextRequest, status: number, message?: string): Response =>
  Response.json({ message, url: `${request.nextUrl.origin}/sign-in?error=CredentialsSignin` }, { status });

async function handler(request: NextRequest, context: Context): Promise<Response> {
  if (!isBodyWithin(request.headers, MAX_BODY_BYTES)) return refuse(request, 413, tooLarge(MAX_BODY_BYTES).message);
  const own = await ownRequest(request, (await context.params).nextauth);
  return own === null ? refuse(request, 400) : NextAuth(own, context, authOptions());
}

/** Only our own pages sign in and out; next-auth's token against forged forms stands behind. */
async function fromOurPages(request: NextRequest, context: Context): Promise<Response> {
  if (isSameOrigin(request.headers)) return handler(request, context);
  // its client reads the error from an address, as next-auth's own answers have it
  return Response.json({ url: new URL("/sign-in?error=wrong_address", env().NEXTAUTH_URL) }, { status: 403 });
}

export { fromOurPages as POST, handler as GET };
