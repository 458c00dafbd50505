"use client";

import type { Role } from "@herald/contract";
import { ArrowRight, CornerDownLeft, LogOut, Moon, Play, Square, Sun } from "lucide-react";
import { useRouter } from "next/navigation";
import { Dialog } from "radix-ui";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useState } from "react";
import { cn } from "@/lib/cn";
import { leave } from "@/lib/leave";
import { useSync } from "@/lib/live";
import { setTheme } from "@/lib/theme";
import { useBotActions } from "@/lib/use-bot";
import { useOverlayFocus } from "@/lib/use-overlay-focus";
import { adminPlaces, userPlaces } from "./places";

interface Command {
  id: string;
  label: string;
  icon: ReactNode;
  run(): unknown;
}

function useCommands(role: Role): Command[] {
  const router = useRouter();
  const bot = useSync().data?.bot;
  const { start, stop } = useBotActions();
  const places = [...userPlaces, ...(role === "admin" ? adminPlaces : [])].map((place) => ({
    id: place.href,
    label: `Go to ${place.label}`,
    icon: <place.icon />,
    run: () => router.push(place.href),
  }));
  const go = (id: string, label: string, href: string, icon: ReactNode = <ArrowRight />): Command => ({
    id,
    label,
    icon,
    run: () => router.push(href),
  });
  // what comes of it stands on the first page
  const stopCommand: Command = {
    id: "stop",
    label: "Stop posting",
    icon: <Square />,
    run: () => {
      stop.mutate();
      router.push("/");
    },
  };
  const startCommand: Command = {
    id: "start",
    label: "Start posting",
    icon: <Play />,
    run: () => {
      start.mutate({});
      router.push("/");
    },
  };
  return [
    ...places,
    ...(bot === undefined ? [] : [bot.status === "running" ? stopCommand : startCommand]),
    go("groups", "Add groups", "/groups?add=1"),
    go("post", "Change the post", "/post"),
    ...(role === "admin"
      ? [
          go("user", "Create user", "/admin/users?create=1"),
          go("pair", "Add API pair", "/admin/api-pairs?add=1"),
          go("upload", "Upload sessions", "/admin/sessions"),
          go("optout", "Add a chat to the opt-out list", "/admin/chats?add=1"),
        ]
      : []),
    { id: "dark", label: "Use the dark theme", icon: <Moon />, run: () => setTheme("dark") },
    { id: "light", label: "Use the light theme", icon: <Sun />, run: () => setTheme("light") },
    { id: "out", label: "Sign out", icon: <LogOut />, run: () => leave("/sign-in") },
  ];
}

const matches = (label: string, query: string) =>
  query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => label.toLowerCase().includes(word));

function CommandList({ role, onDone }: { role: Role; onDone(): void }) {
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const listId = useId();
  const found = useCommands(role).filter(({ label }) => matches(label, query));
  const current = found[Math.min(active, found.length - 1)];
  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    onDone();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Enter") run(current);
    else if (step !== 0 && found.length > 0) setActive((active + step + found.length) % found.length);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        role="combobox"
        aria-label="Go to a place, or do something"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={current === undefined ? undefined : `${listId}-${current.id}`}
        // biome-ignore lint/a11y/noAutofocus: the palette is opened to be typed into
        autoFocus
        value={query}
        placeholder="Go to a place, or do something"
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        className="h-12 w-full border-line border-b bg-transparent px-4 text-lg outline-none"
      />
      <div role="listbox" id={listId} aria-label="What can be done" className="max-h-80 overflow-y-auto p-1.5">
        {found.map((command, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the combobox above
          <div
            key={command.id}
            id={`${listId}-${command.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={command === current}
            ref={(element) => {
              if (command === current) element?.scrollIntoView({ block: "nearest" });
            }}
            onPointerMove={() => setActive(index)}
            onClick={() => run(command)}
            className={cn(
              "flex h-9 cursor-pointer items-center gap-3 rounded-control px-2.5 max-sm:h-10 [&_svg]:size-4 [&_svg]:text-muted",
              command === current && "bg-hover",
            )}
          >
            {command.icon}
            <span className="grow">{command.label}</span>
            {command === current && <CornerDownLeft aria-hidden />}
          </div>
        ))}
        {found.length === 0 && <p className="px-2.5 py-6 text-center text-muted">Nothing is called that.</p>}
      </div>
    </>
  );
}

/** The command palette, opened by its button or by ⌘K / Ctrl K. */
export function Palette({ role, children }: { role: Role; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const focus = useOverlayFocus();
  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setOpen((before) => !before);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>{children}</Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-[oklch(0.1_0.01_275/0.5)]" />
        <Dialog.Content
          {...focus}
          aria-describedby={undefined}
          className="fixed inset-x-4 top-[14vh] z-50 mx-auto max-w-[560px] animate-rise overflow-hidden rounded-card bg-raised shadow-float"
        >
          <Dialog.Title className="sr-only">Command palette</Dialog.Title>
          <CommandList role={role} onDone={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
