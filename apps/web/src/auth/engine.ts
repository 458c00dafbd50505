import { SignJWT } from "jose";
import { env } from "@/env";
import type { SignInClaims } from "./sign-in-claims";

/** A token lives as long as a request needs to reach the engine. */
const TOKEN_LIFETIME = "60s";
/** Longest that a page waits for what it asks by itself. */
const TIMEOUT_MS = 3_000;

/** By which the engine knows for whom the pages speak. */
export const tokenFor = ({ sub, sid }: Pick<SignInClaims, "sub" | "sid">): Promise<string> =>
  new SignJWT({ sid })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(sub)
    .setIssuer("herald-web")
    .setAudience("herald-engine")
    .setIssuedAt()
    .setExpirationTime(TOKEN_LIFETIME)
    .sign(env().ENGINE_JWT_SECRET);

/**
 * Calls a procedure of the engine's by itself, for who is signed in.
 * @param input of a mutation; without it, it is a query
 */
export async function callEngine(
  claims: Pick<SignInClaims, "sub" | "sid">,
  procedure: string,
  input?: object,
): Promise<Response> {
  return fetch(new URL(`/trpc/${procedure}`, env().ENGINE_URL), {
    ...(input === undefined ? {} : { method: "POST", body: JSON.stringify(input) }),
    headers: { authorization: `Bearer ${await tokenFor(claims)}`, "content-type": "application/json" },
    redirect: "error",
    cache: "no-store",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}
