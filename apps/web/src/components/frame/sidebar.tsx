"use client";

import type { Role } from "@herald/contract";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "@/lib/cn";
import { Logo } from "./logo";
import { adminPlaces, type Place, userPlaces } from "./places";

function PlaceLink({ place }: { place: Place }) {
  const current = usePathname() === place.href;
  const Icon = place.icon;
  return (
    <li>
      <Link
        href={place.href}
        prefetch
        aria-current={current ? "page" : undefined}
        title={place.label}
        className={cn(
          "flex h-8 items-center gap-3 rounded-control px-2.5 text-muted transition-colors duration-150 hover:bg-hover hover:text-text max-lg:justify-center max-lg:px-0",
          current && "bg-hover font-strong text-text",
        )}
      >
        <Icon className={cn("size-4 shrink-0", current && "text-accent")} aria-hidden />
        <span className="max-lg:sr-only">{place.label}</span>
      </Link>
    </li>
  );
}

/** The places, at the side; icons alone under 1,024 px; not there under 640 px, where the bottom bar is. */
export function Sidebar({ role }: { role: Role }) {
  return (
    <aside className="sticky top-0 flex h-dvh w-56 shrink-0 flex-col border-line border-r px-3 max-lg:w-14 max-lg:px-2 max-sm:hidden">
      <Link
        href="/"
        aria-label="Herald, to the first page"
        className="flex h-14 items-center gap-2.5 rounded-control px-1.5 font-strong text-lg max-lg:justify-center"
      >
        <Logo className="size-7" />
        <span className="max-lg:hidden">Herald</span>
      </Link>
      <nav aria-label="Places" className="pt-2">
        <ul className="space-y-0.5">
          {userPlaces.map((place) => (
            <PlaceLink key={place.href} place={place} />
          ))}
        </ul>
        {role === "admin" && (
          <>
            <div className="mt-5 mb-1.5 px-2.5 text-muted text-xs max-lg:mx-1 max-lg:h-px max-lg:overflow-hidden max-lg:bg-line max-lg:px-0 max-lg:text-transparent">
              Admin
            </div>
            <ul className="space-y-0.5">
              {adminPlaces.map((place) => (
                <PlaceLink key={place.href} place={place} />
              ))}
            </ul>
          </>
        )}
      </nav>
    </aside>
  );
}
