import { SignInInput, type SignInResult } from "@herald/contract";
import { HeraldError } from "@herald/core";
import type { RestRoute } from "./rest.ts";

/**
 * Where the pages ask whether somebody's credentials are right, so that their process needs no database and no secret but its
 * own. The address is the pages' word, so nobody else is heard.
 */
export const signInRoute: RestRoute = {
  method: "POST",
  path: "/internal/sign-in",
  body: "json",
  async admit(ctx) {
    if (!(await ctx.isFromPages())) throw new HeraldError("unauthenticated", "Only Herald's own pages may ask this.");
  },
  async handle(ctx, body): Promise<SignInResult> {
    const input = SignInInput.safeParse(body);
    // such a thing is nobody's credentials, and who sends it is told no more than anybody
    return input.success ? ctx.services.signIn.check(input.data) : { result: "wrong" };
  },
};
