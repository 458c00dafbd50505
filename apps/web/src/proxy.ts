import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { readSignIn } from "@/auth/sign-in-claims";
import { env, isDevelopment } from "@/env";
import { contentSecurityPolicy, NONCE_HEADER, strictTransportSecurity } from "@/lib/security-headers";
import { TARGET_HEADER } from "@/lib/target-header";

/** Draws a page under a policy of its own, and keeps nothing of it anywhere. */
export default async function proxy(request: NextRequest) {
  const nonce = randomBytes(16).toString("base64");
  const policy = contentSecurityPolicy(nonce, { isDevelopment });
  const transport = strictTransportSecurity(env().NEXTAUTH_URL);
  const headers = new Headers(request.headers);
  headers.set(NONCE_HEADER, nonce);
  headers.set(TARGET_HEADER, request.nextUrl.pathname + request.nextUrl.search);
  headers.set("content-security-policy", policy); // from which Next takes the nonce of its scripts
  const answer = (await elsewhere(request)) ?? NextResponse.next({ request: { headers } });
  answer.headers.set("content-security-policy", policy);
  answer.headers.set("cache-control", "private, no-store");
  if (transport !== null) answer.headers.set("strict-transport-security", transport);
  return answer;
}

/**
 * Where the request is to go instead; null: it may have what it asks for. Nobody passes the sign-in page without a cookie, and only
 * admins come to /admin. The layout and the engine check again.
 */
async function elsewhere(request: NextRequest): Promise<NextResponse | null> {
  const { pathname, search } = request.nextUrl;
  if (pathname === "/sign-in") return null;
  const claims = await readSignIn(request);
  if (claims === null) {
    const url = request.nextUrl.clone();
    url.pathname = "/sign-in";
    url.search = pathname === "/" ? "" : `?${new URLSearchParams({ to: pathname + search })}`;
    return NextResponse.redirect(url);
  }
  if (pathname.startsWith("/admin") && claims.role !== "admin") {
    const url = request.nextUrl.clone();
    url.pathname = "/";
    url.search = "";
    return NextResponse.redirect(url);
  }
  return null;
}

/** Pages. Data has headers of its own (next.config.ts), and the bodies of uploads do not come through here. */
export const config = { matcher: ["/((?!api/|_next/|icon.svg|favicon.ico).*)"] };
