import { SignJWT } from "jose";
import { env } from "@/env";
import type { SignInClaims } from "./sign-in-claims";

/** A token lives as long as a request needs to reach the engine. */
const TOKEN_LIFETIME = "60s";
/** Longest that a page waits for what it asks by itself. */
const TIMEOUT_MS = 3_000;

const signed = (token: SignJWT, audience: string): Promise<string> =>
  token
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer("herald-web")
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(TOKEN_LIFETIME)
    .sign(env().ENGINE_JWT_SECRET);

/** By which the engine knows for whom the pages speak. */
export const tokenFor = ({ sub, sid }: Pick<SignInClaims, "sub" | "sid">): Promise<string> =>
  signed(new SignJWT({ sid }).setSubject(sub), "herald-engine");

/** By which it knows that the pages ask, for nobody yet, who signs in. */
export const tokenOfPages = (): Promise<string> => signed(new SignJWT(), "herald-engine-sign-in");

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
