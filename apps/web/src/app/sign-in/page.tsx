import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { currentViewer } from "@/auth/viewer";
import { Logo } from "@/components/frame/logo";
import { env } from "@/env";
import { firstPlace } from "@/lib/first-place";
import { ownTarget } from "@/lib/own-target";
import { SignInForm } from "./sign-in-form";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const { to: target, error } = await searchParams;
  // a link to this page must not lead to others' pages
  const to = ownTarget(target);
  const viewer = await currentViewer();
  if (viewer !== null) redirect(to ?? firstPlace(viewer.role));
  const { DEMO, DEMO_LOGINS } = env();
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-4 py-12">
      <div className="w-full max-w-[360px]">
        <div className="mb-6 flex flex-col items-center text-center">
          <Logo className="size-10" />
          <h1 className="mt-4 font-strong text-xl">Herald</h1>
          <p className="mt-1 text-pretty text-muted">
            Posts your announcement to the Telegram groups that you have chosen.
          </p>
        </div>
        <SignInForm to={to} error={typeof error === "string" ? error : null} demoLogins={DEMO ? DEMO_LOGINS : []} />
      </div>
    </main>
  );
}
