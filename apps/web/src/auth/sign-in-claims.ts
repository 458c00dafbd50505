import type { Role } from "@herald/contract";
import type { NextRequest } from "next/server";
import { getToken } from "next-auth/jwt";
import { env } from "@/env";
import { cookiesAt } from "./cookies";

/** What the sign-in cookie says. Whether the sign-in goes on, and what its user may, is the engine's to say. */
export interface SignInClaims {
  /** the user's id */
  sub: string;
  /** the sign-in's */
  sid: string;
  email: string;
  name: string;
  role: Role;
}

/** What the cookie of a request says; null where there is none of ours, or one that names no sign-in. */
export async function readSignIn(
  request: Pick<NextRequest, "headers"> & { cookies: unknown },
): Promise<SignInClaims | null> {
  const { NEXTAUTH_SECRET, NEXTAUTH_URL } = env();
  const { useSecureCookies, cookies } = cookiesAt(NEXTAUTH_URL);
  const token = await getToken({
    req: request as NextRequest,
    secret: NEXTAUTH_SECRET,
    secureCookie: useSecureCookies,
    cookieName: cookies.sessionToken.name,
  });
  if (token === null) return null;
  const { sub, sid, email, name, role } = token;
  if (sub === undefined || sid === undefined) return null;
  return { sub, sid, email: email ?? "", name: name ?? "", role };
}
