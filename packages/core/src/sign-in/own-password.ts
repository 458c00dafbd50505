import type { Person } from "../model/actor.ts";
import type { User } from "../model/domain.ts";
import { HeraldError } from "../model/error.ts";
import type { Clock, Hashes, Store } from "../ports/index.ts";
import { countOwnTry } from "./throttle.ts";

/**
 * Somebody who is signed in and gives their password once more, for what a browser left open must not be enough for. Whoever
 * goes through with it forgets the tries by `forgetOwnTries`.
 *
 * @param field of the input that the password is
 * @throws HeraldError `invalid_input` when it is not theirs, `too_many_attempts`
 */
export async function requireOwnPassword(
  { store, hashes, clock }: { store: Store; hashes: Hashes; clock: Clock },
  actor: Person,
  password: string,
  field: string,
): Promise<User> {
  const [throttled, found] = await store.transaction(async (tx) => [
    await countOwnTry(tx, actor.id, clock.now()),
    await tx.users.credentials({ id: actor.id }),
  ]);
  if (!throttled.allowed)
    throw new HeraldError(
      "too_many_attempts",
      "There were too many tries. Nothing was changed; wait ten minutes, then try again.",
      { details: { retryAfterSeconds: throttled.retryAfterSeconds } },
    );
  if (!(await hashes.isPassword(password, found?.passwordHash ?? null)) || found === null)
    throw new HeraldError("invalid_input", "This is not your password. Nothing was changed.", { field });
  return found.user;
}
