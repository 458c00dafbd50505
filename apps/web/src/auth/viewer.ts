import { ViewerDto } from "@herald/contract";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { z } from "zod";
import { TARGET_HEADER } from "@/lib/target-header";
import { callEngine } from "./engine";
import { readSignIn } from "./sign-in-claims";

/** Who the frame is drawn for. */
export type Viewer = Pick<ViewerDto, "email" | "name" | "role">;

const Answer = z.object({ result: z.object({ data: ViewerDto }) });

/**
 * Who is signed in, as the engine knows them. While the engine cannot be asked the cookie's word is enough for a frame: all
 * that is in it comes from the engine, which refuses whoever is not let in any more.
 */
export async function currentViewer(): Promise<Viewer | null> {
  const claims = await readSignIn({ cookies: await cookies(), headers: await headers() });
  if (claims === null) return null;
  try {
    const answer = await callEngine(claims, "users.viewer");
    if (answer.status === 401) return null;
    if (answer.ok) return Answer.parse(await answer.json()).result.data;
    console.error(`The engine answered ${answer.status} when it was asked who is signed in.`);
  } catch (error) {
    console.error("The engine could not be asked who is signed in:", error instanceof Error ? error.message : error);
  }
  return claims;
}

/** The same for a page of the dashboard: whoever is not signed in goes to the sign-in page, and comes back from there. */
export async function requireViewer(): Promise<Viewer> {
  const viewer = await currentViewer();
  if (viewer !== null) return viewer;
  const target = (await headers()).get(TARGET_HEADER);
  redirect(target === null || target === "/" ? "/sign-in" : `/sign-in?${new URLSearchParams({ to: target })}`);
}
