import type { SignIn, User } from "../model/domain.ts";

export interface SignInRepository {
  /** The sign-in and who it is of, whatever their state: who asks judges whether it still holds. */
  find(id: string): Promise<{ signIn: SignIn; user: User } | null>;
  /** What browser and address say is cut off where it is too long to be kept. */
  add(signIn: {
    userId: string;
    at: Date;
    expiresAt: Date;
    userAgent: string | null;
    address: string | null;
  }): Promise<SignIn>;
  /** Ends those of the user that go on at `at`: all, only one, or all but one. Answers with them as they are then. */
  end(which: { userId: string; only?: string; except?: string }, at: Date): Promise<SignIn[]>;
  /** Notes that it was used; at most once a minute. */
  seen(id: string, at: Date): Promise<void>;
}
