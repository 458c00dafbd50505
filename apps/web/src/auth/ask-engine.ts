import { type SignInInput, SignInResult } from "@herald/contract";
import { env } from "@/env";
import { tokenOfPages } from "./engine";

/** As long as the engine's own call may take while many sign in. */
const TIMEOUT_MS = 15_000;

/**
 * Whether these credentials are somebody's. The engine decides and counts, so that this process needs neither database nor
 * hashes. Null while no engine can say.
 */
export async function askEngine(input: SignInInput): Promise<SignInResult | null> {
  try {
    const answer = await fetch(new URL("/internal/sign-in", env().ENGINE_URL), {
      method: "POST",
      headers: { authorization: `Bearer ${await tokenOfPages()}`, "content-type": "application/json" },
      body: JSON.stringify(input),
      redirect: "error",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (answer.ok) return SignInResult.parse(await answer.json());
    console.error(`The engine answers ${answer.status} to a sign-in.`);
  } catch (error) {
    console.error("The engine could not be asked about a sign-in:", error instanceof Error ? error.message : error);
  }
  return null;
}
