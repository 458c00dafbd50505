import type { Hashes, Transaction, TwoStepCodes } from "../ports/index.ts";

/** 80 bits: too many to try, also for who has the hashes. */
export const RECOVERY_CODE_LENGTH = 16;
export const RECOVERY_CODES = 10;

/** What a code came to. `used`: it is right, and was taken before. */
export type CodeResult = "app" | "recovery" | "wrong" | "used";

/**
 * Takes the code of somebody's app, or a recovery code, so that nobody can take it again.
 * @param code as it was typed: spaces, dashes and case do not count
 */
export async function takeCode(
  tx: Transaction,
  { hashes, twoStepCodes }: { hashes: Hashes; twoStepCodes: TwoStepCodes },
  userId: string,
  code: string,
  now: Date,
): Promise<CodeResult> {
  const typed = code.replaceAll(/[\s-]/g, "").toUpperCase();
  if (typed.length === RECOVERY_CODE_LENGTH) {
    // letters that the codes have none of, read for the digits that they look like (Crockford's base 32)
    const read = typed.replaceAll("O", "0").replaceAll(/[IL]/g, "1");
    const taken = await tx.twoStep.takeRecoveryCode(userId, hashes.sha256(read), now);
    return taken === "unknown" ? "wrong" : taken === "used" ? "used" : "recovery";
  }
  const row = await tx.twoStep.find(userId);
  const step = row === null ? null : twoStepCodes.stepOf(row.secret, typed, now);
  if (step === null) return "wrong";
  return (await tx.twoStep.takeStep(userId, step)) ? "app" : "used";
}

/** A recovery code as it is shown, in groups of four. */
export const inGroups = (code: string): string => code.replaceAll(/(.{4})(?=.)/g, "$1-");
