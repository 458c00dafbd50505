"use client";

import type { Role } from "@herald/contract";
import { Ellipsis } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { DropdownMenu } from "radix-ui";
import { cn } from "@/lib/cn";
import { menuContent, menuItem } from "./menu";
import { adminPlaces, type Place, userPlaces } from "./places";

const cell = "flex h-14 flex-1 flex-col items-center justify-center gap-0.5 rounded-control text-xs";

function Cell({ place }: { place: Place }) {
  const current = usePathname() === place.href;
  return (
    <Link
      href={place.href}
      prefetch
      aria-current={current ? "page" : undefined}
      className={cn(cell, current ? "text-text" : "text-muted")}
    >
      <place.icon className={cn("size-5", current && "text-accent")} aria-hidden />
      {place.label}
    </Link>
  );
}

/** The places under the thumb, on a phone. An admin's own stand behind «More». */
export function BottomBar({ role }: { role: Role }) {
  const pathname = usePathname();
  return (
    <nav
      aria-label="Places"
      className="fixed inset-x-0 bottom-0 z-20 flex border-line border-t bg-surface px-1 pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      {userPlaces.map((place) => (
        <Cell key={place.href} place={place} />
      ))}
      {role === "admin" && (
        <DropdownMenu.Root>
          <DropdownMenu.Trigger className={cn(cell, pathname.startsWith("/admin") ? "text-text" : "text-muted")}>
            <Ellipsis className={cn("size-5", pathname.startsWith("/admin") && "text-accent")} aria-hidden />
            More
          </DropdownMenu.Trigger>
          <DropdownMenu.Portal>
            <DropdownMenu.Content side="top" align="end" sideOffset={8} className={menuContent}>
              {adminPlaces.map(({ href, label, icon: Icon }) => (
                <DropdownMenu.Item key={href} asChild className={menuItem}>
                  <Link href={href}>
                    <Icon aria-hidden />
                    {label}
                  </Link>
                </DropdownMenu.Item>
              ))}
            </DropdownMenu.Content>
          </DropdownMenu.Portal>
        </DropdownMenu.Root>
      )}
    </nav>
  );
}
