import { Email, type SignInResult } from "@herald/contract";
import { openSignIn } from "../access/open-sign-in.ts";
import type { User } from "../model/domain.ts";
import type { Transaction } from "../ports/index.ts";
import { takeCode } from "../sign-in/second-step.ts";
import { countTry, forgetTries, type SignInTry } from "../sign-in/throttle.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

export function signInService({
  store,
  hashes,
  twoStepCodes,
  clock,
}: Pick<Dependencies, "store" | "hashes" | "twoStepCodes" | "clock">): Services["signIn"] {
  /** The second step, for whom has one. Null: there is nothing in the way. */
  const secondStep = async (tx: Transaction, user: User, code: string | null): Promise<SignInResult | null> => {
    if (!(await tx.twoStep.isOn(user.id))) return null;
    if (code === null) return { result: "code_needed" };
    const taken = await takeCode(tx, { hashes, twoStepCodes }, user.id, code, clock.now());
    if (taken === "wrong" || taken === "used") return { result: `code_${taken}` };
    if (taken === "recovery")
      await tx.audit({
        actor: { kind: "user", id: user.id, name: user.name },
        action: "two_step.use_code",
        target: { kind: "user", id: user.id },
        userId: user.id,
        before: null,
        after: { recoveryCodesLeft: await tx.twoStep.recoveryCodesLeft(user.id) },
      });
    return null;
  };

  return {
    async check({ email: typed, password, code, address, device, userAgent }) {
      const from: SignInTry = { email: typed.trim().toLowerCase(), address, device };
      const email = Email.safeParse(from.email).data;
      const [throttled, found] = await store.transaction(async (tx) => [
        await countTry(tx, hashes, from, clock.now()),
        email === undefined ? null : await tx.users.credentials({ email }),
      ]);
      if (!throttled.allowed) return { result: "slowed", retryAfterSeconds: throttled.retryAfterSeconds };
      const right = await hashes.isPassword(password, found?.passwordHash ?? null);
      if (found === null || found.user.disabled || !right) return { result: "wrong" };
      const { user, passwordHash } = found;
      return store.transaction(async (tx): Promise<SignInResult> => {
        const missing = await secondStep(tx, user, code);
        if (missing !== null) return missing;
        const signInId = await openSignIn(tx, { user, passwordHash, at: clock.now(), userAgent, address });
        if (signInId === null) return { result: "wrong" };
        await forgetTries(tx, hashes, from);
        return {
          result: "right",
          user: { id: user.id, email: user.email, name: user.name, role: user.role },
          signInId,
        };
      });
    },
  };
}
