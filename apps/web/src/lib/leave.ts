import { signOut } from "next-auth/react";

/** Ends the sign-in and opens `path` at the address that the browser uses; next-auth by itself goes to NEXTAUTH_URL's. */
export async function leave(path: string): Promise<void> {
  await signOut({ redirect: false });
  window.location.assign(path);
}
