import type { Identity, Services } from "@herald/core";
import { errors, jwtVerify } from "jose";

/**
 * What web puts into the tokens that it signs for the engine: HS256, `sub` the user's id, `sid` that of their sign-in, valid for
 * at most a minute or so.
 */
export const TOKEN_ISSUER = "herald-web";
export const TOKEN_AUDIENCE = "herald-engine";

/**
 * Who is behind an `Authorization: Bearer …` header: a token signed by web (audience, issuer and expiry are checked) or an
 * API key (`hk_…`). Role and state, the sign-in's too, come from the database, never from the token. Null when it does not hold.
 */
export async function authenticate(
  authorization: string | undefined,
  { secret, access }: { secret: Uint8Array; access: Pick<Services["access"], "byApiKey" | "bySignIn"> },
): Promise<Identity | null> {
  const credential = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
  if (credential === undefined) return null;
  if (credential.startsWith("hk_")) return access.byApiKey(credential);
  try {
    const { payload } = await jwtVerify(credential, secret, {
      algorithms: ["HS256"],
      audience: TOKEN_AUDIENCE,
      issuer: TOKEN_ISSUER,
      requiredClaims: ["exp"],
      maxTokenAge: "10 minutes",
    });
    // whoever signs can put anything there, whatever its type says
    const { sub, sid }: Record<string, unknown> = payload;
    return typeof sub !== "string" || typeof sid !== "string" ? null : await access.bySignIn(sub, sid);
  } catch (error) {
    // only what jose says of the token means «no»; a fault of the database must not look like a bad token
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
