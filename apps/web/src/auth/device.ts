import { createHash, randomUUID } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import { cookies } from "next/headers";
import { env } from "@/env";

const AUDIENCE = "herald-device";
const LIFETIME_DAYS = 365;

/** Signed, not secret: it says of a browser that it has signed in to an account, and lets nobody in. */
const key = () => new TextEncoder().encode(env().NEXTAUTH_SECRET);
const isSecure = () => env().NEXTAUTH_URL.startsWith("https:");
const accountOf = (email: string) => createHash("sha256").update(email).digest("hex");
/** One for each account that signs in with this browser. */
const cookieOf = (account: string) => `${isSecure() ? "__Host-" : ""}herald-device-${account.slice(0, 16)}`;

/** The mark of this browser when it has signed in to that account before. */
export async function deviceOf(email: string): Promise<string | null> {
  const account = accountOf(email);
  const token = (await cookies()).get(cookieOf(account))?.value;
  if (token === undefined) return null;
  const checks = { algorithms: ["HS256"], audience: AUDIENCE, subject: account, requiredClaims: ["exp"] };
  return jwtVerify(token, key(), checks).then(
    ({ payload }) => payload.jti ?? null,
    () => null,
  );
}

/** After a sign-in: the browser has tries of its own from now on, which nobody else's use up. */
export async function rememberDevice(email: string): Promise<void> {
  const account = accountOf(email);
  const token = await new SignJWT()
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(AUDIENCE)
    .setSubject(account)
    .setJti(randomUUID())
    .setExpirationTime(`${LIFETIME_DAYS} days`)
    .sign(key());
  (await cookies()).set(cookieOf(account), token, {
    httpOnly: true,
    sameSite: "lax",
    secure: isSecure(),
    path: "/",
    maxAge: LIFETIME_DAYS * 24 * 3600,
  });
}
