import { redirect } from "next/navigation";
import { getServerSession, type User } from "next-auth";
import { authOptions } from "./options";

/** Who is signed in, for drawing the frame; whoever is not goes to the sign-in page. The engine decides what they may. */
export async function requireViewer(): Promise<User> {
  const session = await getServerSession(authOptions());
  if (session === null) redirect("/sign-in");
  return session.user;
}
