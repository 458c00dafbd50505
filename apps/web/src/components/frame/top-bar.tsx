"use client";

import { Search } from "lucide-react";
import { usePathname } from "next/navigation";
import type { Viewer } from "@/auth/viewer";
import { AccountMenu } from "./account-menu";
import { ConnectionLight } from "./connection-light";
import { Palette } from "./palette";
import { placeOf } from "./places";

export function TopBar({ viewer }: { viewer: Viewer }) {
  const place = placeOf(usePathname());
  return (
    <header className="sticky top-0 z-20 flex h-14 items-center gap-4 max-sm:gap-3 border-line border-b bg-bg/90 px-6 backdrop-blur-md max-sm:px-4">
      <span className="grow truncate font-strong">{place?.label}</span>
      <Palette role={viewer.role}>
        <button
          type="button"
          className="flex h-8 w-56 items-center gap-2 rounded-control border border-line bg-surface px-2.5 text-muted text-sm transition-colors duration-150 hover:border-edge max-md:w-8 max-md:justify-center max-sm:size-10 max-md:px-0"
        >
          <Search className="size-4 shrink-0" aria-hidden />
          <span className="grow text-left max-md:sr-only">Go to, or do</span>
          <kbd className="rounded border border-line px-1.5 font-sans text-xs max-md:hidden">⌘K</kbd>
        </button>
      </Palette>
      <ConnectionLight />
      <AccountMenu viewer={viewer} />
    </header>
  );
}
