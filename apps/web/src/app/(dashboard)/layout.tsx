import type { ReactNode } from "react";
import { requireViewer } from "@/auth/viewer";
import { BottomBar } from "@/components/frame/bottom-bar";
import { Sidebar } from "@/components/frame/sidebar";
import { TopBar } from "@/components/frame/top-bar";
import { LiveProvider } from "@/lib/live";
import { DataProvider } from "@/lib/trpc";

// every page depends on who is signed in
export const dynamic = "force-dynamic";

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const viewer = await requireViewer();
  return (
    <DataProvider>
      <LiveProvider>
        <a
          href="#content"
          className="sr-only z-50 rounded-control bg-accent px-4 py-2 font-strong text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
        >
          Skip to the content
        </a>
        <div className="flex">
          <Sidebar role={viewer.role} />
          <div className="min-w-0 grow">
            <TopBar viewer={viewer} />
            <main id="content" tabIndex={-1} className="px-6 pt-6 pb-16 outline-none max-sm:px-4 max-sm:pb-24">
              {children}
            </main>
          </div>
        </div>
        <BottomBar role={viewer.role} />
      </LiveProvider>
    </DataProvider>
  );
}
