import type { Identity, Services } from "@herald/core";
import { errors, jwtVerify } from "jose";

/**
 * What web puts into the tokens that it signs for the engine: HS256, `sub` the user's id, `sid` that of their sign-in, valid for
 * at most a minute or so.
 */
export const TOKEN_ISSUER = "herald-web";
export const TOKEN_AUDIENCE = "herald-engine";

/** What is asked of each of these tokens. */
const ALIKE = {
  algorithms: ["HS256"],
  issuer: TOKEN_ISSUER,
  requiredClaims: ["exp"],
  maxTokenAge: "10 minutes",
};

/** Of the tokens by which the pages speak for nobody: neither kind passes for the other. */
export const SIGN_IN_AUDIENCE = "herald-engine-sign-in";

const BEARER = /^Bearer (\S+)$/i;

/** Whether an `Authorization` header holds a token by which the pages, and nobody else, ask about a sign-in. */
export async function isFromPages(authorization: string | undefined, secret: Uint8Array): Promise<boolean> {
  const token = BEARER.exec(authorization ?? "")?.[1];
  if (token === undefined) return false;
  return jwtVerify(token, secret, { ...ALIKE, audience: SIGN_IN_AUDIENCE }).then(
    () => true,
    () => false,
  );
}

/**
 * Who is behind an `Authorization: Bearer …` header: a token signed by web (audience, issuer and expiry are checked) or an
 * API key (`hk_…`). Role and state, the sign-in's too, come from the database, never from the token. Null when it does not hold.
 */
export async function authenticate(
  authorization: string | undefined,
  { secret, access }: { secret: Uint8Array; access: Pick<Services["access"], "byApiKey" | "bySignIn"> },
): Promise<Identity | null> {
  const credential = BEARER.exec(authorization ?? "")?.[1];
  if (credential === undefined) return null;
  if (credential.startsWith("hk_")) return access.byApiKey(credential);
  try {
    const { payload } = await jwtVerify(credential, secret, { ...ALIKE, audience: TOKEN_AUDIENCE });
    // whoever signs can put anything there, whatever its type says
    const { sub, sid }: Record<string, unknown> = payload;
    return typeof sub !== "string" || typeof sid !== "string" ? null : await access.bySignIn(sub, sid);
  } catch (error) {
    // only what jose says of the token means «no»; a fault of the database must not look like a bad token
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
