import type { Hashes, Transaction } from "../ports/index.ts";

const WINDOW_MS = 10 * 60_000;
/** Tries within a window of one account from one place: an address, or a browser that has signed in to it before. */
const PER_PLACE = 10;
/** Tries within a window from one address, behind which an office may sit, at all accounts together. */
const PER_ADDRESS = 50;
const ACCOUNT_WINDOW_MS = 60 * 60_000;
/** Tries within an hour at one account, from all addresses together, from which on it counts as attacked (NIST's bound, SP 800-63B-4, 3.2.2). */
const PER_ACCOUNT = 100;
/** What an address has then within a window instead: enough for a typing error and a second step. */
const PER_PLACE_UNDER_ATTACK = 3;

/** Who tries to sign in. `device`: the mark of a browser that has signed in to this account before; null for a stranger. */
export interface SignInTry {
  /** the e-mail address as it was typed, in lower case: also where there is no such account, or the throttle would tell */
  email: string;
  address: string;
  device: string | null;
}

type Throttled = { allowed: true } | { allowed: false; retryAfterSeconds: number };

const ALLOWED: Throttled = { allowed: true };
const refused = (until: Date, now: Date): Throttled => ({
  allowed: false,
  retryAfterSeconds: Math.ceil((until.getTime() - now.getTime()) / 1000),
});

/**
 * Counts a try before anybody looks at its password, so that sixty at once are sixty, and says whether it may be looked at.
 *
 * An owner is slowed and never locked out, whoever hammers the account, because nothing that another does uses up what is theirs:
 *
 * - A browser that has signed in before has tries of its own, which no stranger's use up (“device cookies”, OWASP's “Slow Down
 *   Online Guessing Attacks with Device Cookies”).
 * - A stranger's tries belong to the account *and* their address: who hammers uses up their own. One address has a bound over
 *   all accounts, too.
 * - When strangers from many addresses have had their tries at an account, each address gets fewer of them, but none gets none:
 *   an owner with a new browser at a new address still has three in ten minutes.
 *
 * What this does not stop is an attacker with very many addresses; passwords by length and the second step are for that.
 */
export async function countTry(tx: Transaction, hashes: Hashes, from: SignInTry, now: Date): Promise<Throttled> {
  const { signInAttempts } = tx;
  const keys = keysOf(hashes, from);
  // always in this order, so that no two wait for each other
  if (keys.address !== null) {
    const { count, until } = await signInAttempts.count(keys.address, WINDOW_MS, now);
    if (count > PER_ADDRESS) return refused(until, now);
  }
  const place = await signInAttempts.count(keys.place, WINDOW_MS, now);
  if (place.count > PER_PLACE) return refused(place.until, now);
  if (keys.account === null) return ALLOWED;
  const account = await signInAttempts.count(keys.account, ACCOUNT_WINDOW_MS, now);
  return account.count > PER_ACCOUNT && place.count > PER_PLACE_UNDER_ATTACK ? refused(place.until, now) : ALLOWED;
}

/** After a sign-in: its place begins anew, and of what it shares with others it gives back the one try that was right. */
export async function forgetTries(tx: Transaction, hashes: Hashes, from: SignInTry): Promise<void> {
  const keys = keysOf(hashes, from);
  if (keys.address !== null) await tx.signInAttempts.giveBack(keys.address);
  await tx.signInAttempts.forget(keys.place);
  if (keys.account !== null) await tx.signInAttempts.giveBack(keys.account);
}

/** E-mail addresses stand there as hashes: what people type into that field is not always one. */
function keysOf(hashes: Hashes, { email, address, device }: SignInTry) {
  const account = hashes.sha256(email);
  return device === null
    ? { address: `address ${address}`, place: `account ${account} at ${address}`, account: `account ${account}` }
    : { address: null, place: `account ${account} by ${device}`, account: null };
}

const ownKey = (userId: string): string => `own password of ${userId}`;

/** Counts a try of one's own password by somebody who is signed in: for what asks for it again. */
export async function countOwnTry(tx: Transaction, userId: string, now: Date): Promise<Throttled> {
  const { count, until } = await tx.signInAttempts.count(ownKey(userId), WINDOW_MS, now);
  return count > PER_PLACE ? refused(until, now) : ALLOWED;
}

export const forgetOwnTries = (tx: Transaction, userId: string): Promise<void> =>
  tx.signInAttempts.forget(ownKey(userId));
