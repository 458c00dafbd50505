/** Why a sign-in did not come about, as next-auth carries it from `authorize` to the form. */
export type SignInFault =
  | "wrong"
  | "code_needed"
  | "code_wrong"
  | "code_used"
  | "slowed"
  | "wrong_address"
  | "unavailable";

/** next-auth's word for an `authorize` that answers null. */
const WRONG = "CredentialsSignin";

const FAULTS: readonly string[] = [
  "code_needed",
  "code_wrong",
  "code_used",
  "slowed",
  "wrong_address",
  "unavailable",
] satisfies SignInFault[];

/** A wait of which nobody says how long. */
const USUAL_WAIT_S = 600;

/** What an `error` of next-auth's means; whatever is not ours is a check that could not be made. */
export function faultOf(error: string): { fault: SignInFault; minutes: number } {
  const [name = "", seconds] = error.split(":");
  const fault = name === WRONG ? "wrong" : FAULTS.includes(name) ? (name as SignInFault) : "unavailable";
  return { fault, minutes: Math.max(1, Math.ceil((Number(seconds) || USUAL_WAIT_S) / 60)) };
}

/** What a person is told. */
export function wordsOf({ fault, minutes }: ReturnType<typeof faultOf>): string {
  switch (fault) {
    case "wrong":
      return "This e-mail and password do not belong together. Check both, or ask your admin.";
    case "slowed":
      return `Too many tries. Wait ${minutes === 1 ? "a minute" : `${minutes} minutes`}, then try again; your password is as it was.`;
    case "code_needed":
      return "Give the code that your app shows.";
    case "code_wrong":
      return "This code is not right, or it has expired. If it is the app's, give the one that it shows now, and see whether the clock of your phone is right.";
    case "code_used":
      return "This code was used before. Wait for the app's next one, or take another recovery code.";
    case "wrong_address":
      return "Herald takes no sign-in from this address. Open the one that it was set up with (NEXTAUTH_URL), or have your admin set that to this one.";
    case "unavailable":
      return "Herald's engine does not answer, so nobody can sign in at the moment. Try again in a minute; tell your admin if it stays.";
  }
}
