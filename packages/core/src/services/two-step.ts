import type { Actor, Person } from "../model/actor.ts";
import type { AuditAction, Facts } from "../model/audit.ts";
import { HeraldError } from "../model/error.ts";
import type { Transaction } from "../ports/index.ts";
import { requireOwnPassword } from "../sign-in/own-password.ts";
import { inGroups, RECOVERY_CODE_LENGTH, RECOVERY_CODES, takeCode } from "../sign-in/second-step.ts";
import { forgetOwnTries } from "../sign-in/throttle.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

const wrongCode = (message: string) => new HeraldError("invalid_input", message, { field: "code" });
const alreadyOn = () =>
  new HeraldError("invalid_input", "Two-step sign-in is on already. Turn it off first to use another app.");

type Needed = Pick<Dependencies, "store" | "hashes" | "twoStepCodes" | "clock">;

export function twoStepService(deps: Needed): Services["twoStep"] {
  const { store, hashes, twoStepCodes, clock } = deps;

  const newCodes = async (tx: Transaction, userId: string): Promise<string[]> => {
    const codes = Array.from({ length: RECOVERY_CODES }, () => twoStepCodes.recoveryCode(RECOVERY_CODE_LENGTH));
    await tx.twoStep.replaceRecoveryCodes(userId, codes.map(hashes.sha256));
    return codes.map(inGroups);
  };

  const audit = (
    tx: Transaction,
    actor: Actor,
    action: AuditAction,
    userId: string,
    before: Facts | null,
    after: Facts,
  ) => tx.audit({ actor, action, target: { kind: "user", id: userId }, userId, before, after });

  /** Runs `work` for who gave both steps; a code that was right is used up by it. */
  const withBothSteps = async <T>(
    actor: Person,
    { password, code }: { password: string; code: string },
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T> => {
    await requireOwnPassword(deps, actor, password, "password");
    return store.transaction(async (tx) => {
      if (!(await tx.twoStep.isOn(actor.id)))
        throw new HeraldError("invalid_input", "Two-step sign-in is off. Nothing was changed.");
      const taken = await takeCode(tx, deps, actor.id, code, clock.now());
      if (taken === "wrong") throw wrongCode("This code is not right, or it has expired. Nothing was changed.");
      if (taken === "used")
        throw wrongCode("This code was used before. Nothing was changed; wait for the app's next one.");
      await forgetOwnTries(tx, actor.id);
      return work(tx);
    });
  };

  return {
    status: (userId) =>
      store.transaction(async (tx) => {
        const on = await tx.twoStep.isOn(userId);
        return { on, recoveryCodesLeft: on ? await tx.twoStep.recoveryCodesLeft(userId) : 0 };
      }),

    async begin(actor, password) {
      const { id, email } = await requireOwnPassword(deps, actor, password, "password");
      const secret = twoStepCodes.secret();
      await store.transaction(async (tx) => {
        if (await tx.twoStep.isOn(id)) throw alreadyOn();
        await tx.twoStep.begin(id, secret);
        await audit(tx, actor, "two_step.begin", id, null, { on: false });
        await forgetOwnTries(tx, id);
      });
      return { secret, uri: twoStepCodes.uri(secret, email) };
    },

    confirm: (actor, code) =>
      store.transaction(async (tx) => {
        const { id } = actor;
        const row = await tx.twoStep.find(id);
        if (row === null)
          throw new HeraldError("invalid_input", "Begin with your password: there is no key to confirm.");
        if (row.confirmedAt !== null) throw alreadyOn();
        const taken = await takeCode(tx, deps, id, code, clock.now());
        if (taken !== "app")
          throw wrongCode("This is not the app's present code. Nothing was changed; is the clock of your phone right?");
        await tx.twoStep.confirm(id, clock.now());
        const codes = await newCodes(tx, id);
        await audit(tx, actor, "two_step.turn_on", id, { on: false }, { on: true });
        await tx.poolChanged();
        return { codes };
      }),

    renewCodes: (actor, steps) =>
      withBothSteps(actor, steps, async (tx) => {
        const before = { recoveryCodesLeft: await tx.twoStep.recoveryCodesLeft(actor.id) };
        const codes = await newCodes(tx, actor.id);
        await audit(tx, actor, "two_step.renew_codes", actor.id, before, { recoveryCodesLeft: codes.length });
        return { codes };
      }),

    turnOff: (actor, steps) =>
      withBothSteps(actor, steps, async (tx) => {
        await tx.twoStep.remove(actor.id);
        await audit(tx, actor, "two_step.turn_off", actor.id, { on: true }, { on: false });
        await tx.poolChanged();
        return { on: false };
      }),

    reset: (actor, userId) =>
      store.transaction(async (tx) => {
        if ((await tx.users.find(userId)) === null)
          throw new HeraldError("not_found", "This user does not exist any more.");
        if (await tx.twoStep.remove(userId)) {
          await audit(tx, actor, "two_step.reset", userId, { on: true }, { on: false });
          await tx.poolChanged();
        }
        return { on: false };
      }),
  };
}
