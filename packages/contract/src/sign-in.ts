import { z } from "zod";
import { RowId } from "./id.ts";

/** A sign-in ends so many days after it began, however often it is used. */
export const SIGN_IN_DAYS = 7;

/** A person signed in on the pages, with one browser. */
export const SignInDto = z.object({
  id: z.string(),
  createdAt: z.iso.datetime(),
  /** to within a minute */
  lastSeenAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** what the browser said of itself, and where it came from when it began; null: it did not say */
  userAgent: z.string().nullable(),
  address: z.string().nullable(),
  /** the one by which it is asked */
  isCurrent: z.boolean(),
});
export type SignInDto = z.infer<typeof SignInDto>;

export const SignInIdInput = z.object({ id: RowId });

/** `apiKey`: revoke that as well. */
export const SignInEndOthersInput = z.object({ apiKey: z.boolean().default(false) }).prefault({});
export type SignInEndOthersInput = z.infer<typeof SignInEndOthersInput>;
