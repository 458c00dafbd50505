import { z } from "zod";
import { Password } from "./password.ts";
import { freeText, line } from "./text.ts";
import { Role } from "./vocabulary.ts";

/** A password that is being looked at, not chosen: bounded, so that nobody has megabytes hashed. */
const GivenPassword = freeText().max(1000, "This is not your password.");

/** A code of an authenticator app, or a recovery code; spaces and dashes do not count. */
const Code = line().max(100, "A code has six digits, a recovery code sixteen characters.");

/**
 * What the pages ask the engine when somebody signs in. `address` is where they come from, `device` the mark of a browser that
 * has signed in to this account before. Whatever somebody types here is looked at: what is strange is wrong, and no refusal of its own.
 */
export const SignInInput = z.object({
  email: z.string().max(1000),
  password: z.string().max(1000),
  /** null: none was asked for yet */
  code: z.string().max(100).nullable(),
  address: z.string().regex(/^[\w.:/]{0,100}$/),
  device: z
    .string()
    .regex(/^[\w-]{1,100}$/)
    .nullable(),
  /** what the browser says of itself */
  userAgent: z.string().max(1000).default(""),
});
export type SignInInput = z.infer<typeof SignInInput>;

/** `wrong` says no more than that: not which of the two it is, nor whether the account exists or is disabled. */
export const SignInResult = z.discriminatedUnion("result", [
  z.object({
    result: z.literal("right"),
    user: z.object({ id: z.string(), email: z.string(), name: z.string(), role: Role }),
    /** the row that the cookie is to name */
    signInId: z.string(),
  }),
  z.object({ result: z.enum(["wrong", "code_needed", "code_wrong", "code_used"]) }),
  z.object({ result: z.literal("slowed"), retryAfterSeconds: z.number() }),
]);
export type SignInResult = z.infer<typeof SignInResult>;

export const ChangePasswordInput = z.object({ current: GivenPassword, password: Password });
export type ChangePasswordInput = z.infer<typeof ChangePasswordInput>;

/** The second step of one's own sign-in. */
export const TwoStepDto = z.object({ on: z.boolean(), recoveryCodesLeft: z.number() });
export type TwoStepDto = z.infer<typeof TwoStepDto>;

export const TwoStepBeginInput = z.object({ password: GivenPassword });
export type TwoStepBeginInput = z.infer<typeof TwoStepBeginInput>;

/** The secret that an authenticator app is to have: the only time that it is seen. `uri` is what a QR code of it says. */
export const TwoStepSecretDto = z.object({ secret: z.string(), uri: z.string() });
export type TwoStepSecretDto = z.infer<typeof TwoStepSecretDto>;

export const TwoStepConfirmInput = z.object({ code: Code });
export type TwoStepConfirmInput = z.infer<typeof TwoStepConfirmInput>;

/** For what weakens the second step: both steps are asked for. */
export const BothStepsInput = z.object({ password: GivenPassword, code: Code });
export type BothStepsInput = z.infer<typeof BothStepsInput>;

/** New recovery codes: the only time that they are seen. */
export const RecoveryCodesDto = z.object({ codes: z.array(z.string()) });
export type RecoveryCodesDto = z.infer<typeof RecoveryCodesDto>;
