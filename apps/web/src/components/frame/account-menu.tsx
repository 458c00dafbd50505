"use client";

import { Check, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useState } from "react";
import type { Viewer } from "@/auth/viewer";
import { Name } from "@/components/ui/name";
import { leave } from "@/lib/leave";
import { readTheme, setTheme, type Theme } from "@/lib/theme";
import { menuContent, menuItem } from "./menu";

const themes = [
  { value: "system", label: "As the system", icon: Monitor },
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
] satisfies Array<{ value: Theme; label: string; icon: typeof Sun }>;

/** Who is signed in; the theme; the way out. */
export function AccountMenu({ viewer }: { viewer: Viewer }) {
  const [theme, choose] = useState<Theme>("system");
  return (
    <DropdownMenu.Root onOpenChange={(open) => open && choose(readTheme())}>
      <DropdownMenu.Trigger
        aria-label="Account"
        className="flex size-8 cursor-pointer items-center justify-center rounded-full border border-line bg-hover font-strong text-sm uppercase hover:border-edge max-sm:size-10"
      >
        {Array.from(viewer.name)[0]}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={6} className={menuContent}>
          <div className="px-2.5 py-2">
            <Name className="max-w-60 font-strong">{viewer.name}</Name>
            <div className="max-w-60 truncate text-muted text-sm">{viewer.email}</div>
          </div>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Label className="px-2.5 py-1 text-muted text-xs">Theme</DropdownMenu.Label>
          <DropdownMenu.RadioGroup
            value={theme}
            onValueChange={(value) => {
              choose(value as Theme);
              setTheme(value as Theme);
            }}
          >
            {themes.map(({ value, label, icon: Icon }) => (
              <DropdownMenu.RadioItem
                key={value}
                value={value}
                className={menuItem}
                onSelect={(e) => e.preventDefault()}
              >
                <Icon aria-hidden />
                <span className="grow">{label}</span>
                <DropdownMenu.ItemIndicator>
                  <Check aria-hidden />
                </DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Item className={menuItem} onSelect={() => leave("/sign-in")}>
            <LogOut aria-hidden />
            Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
