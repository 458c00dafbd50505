"use client";

import type { SessionDto, SessionState } from "@herald/contract";
import { useQuery } from "@tanstack/react-query";
import { Smartphone, Upload } from "lucide-react";
import Link from "next/link";
import { useCallback } from "react";
import { Button, buttonStyle } from "@/components/ui/button";
import { Card, PageHead } from "@/components/ui/card";
import type { Column } from "@/components/ui/data-table";
import { FilteredTable, type Filters } from "@/components/ui/filtered-table";
import { NameCell } from "@/components/ui/name";
import { Empty } from "@/components/ui/notice";
import { cn } from "@/lib/cn";
import { formatNumber, formatWhen } from "@/lib/format";
import { useNow } from "@/lib/live";
import { useTRPC } from "@/lib/trpc";
import { useUrlState } from "@/lib/url-state";
import { QueryGate } from "../state-gate";
import { DropZone } from "./drop-zone";
import { SessionDrawer } from "./session-drawer";
import { SessionStateMark, sessionWord } from "./session-state";
import { UploadCard } from "./upload-card";
import { useUpload } from "./use-upload";

const states: SessionState[] = ["unused", "assigned", "resting", "banned"];

const columns = (now: number): Array<Column<SessionDto>> => [
  {
    key: "label",
    title: "Session",
    sort: (session) => session.label.toLowerCase(),
    grow: true,
    cell: (session) => <NameCell name={session.label} note={session.phoneMasked ?? session.fileName} />,
  },
  {
    key: "state",
    title: "State",
    sort: (session) => states.indexOf(session.state),
    cell: (session) => <SessionStateMark state={session.state} />,
  },
  {
    key: "why",
    title: "Why",
    wide: true,
    grow: true,
    cell: (session) => (
      <div className="truncate text-muted">
        {session.needsAdmin && <span className="text-text">Needs you · </span>}
        {session.reason}
      </div>
    ),
  },
  {
    key: "user",
    title: "User",
    wide: true,
    grow: true,
    sort: (session) => session.userEmail ?? "",
    cell: (session) => <div className="truncate text-muted">{session.userEmail}</div>,
  },
  {
    key: "pair",
    title: "API pair",
    wide: true,
    right: true,
    sort: (session) => session.apiId ?? 0,
    cell: (session) => <span className="font-mono text-muted text-xs">{session.apiId}</span>,
  },
  {
    key: "sent",
    title: "Posts",
    right: true,
    sort: (session) => session.sent,
    cell: (session) => formatNumber(session.sent),
  },
  {
    key: "used",
    title: "Last used",
    right: true,
    wide: true,
    sort: (session) => session.lastUsedAt ?? "",
    cell: (session) => (
      <span className="text-muted">{session.lastUsedAt === null ? "never" : formatWhen(session.lastUsedAt, now)}</span>
    ),
  },
];

const filters: Filters<SessionDto> = Object.fromEntries(
  states.map((state) => [state, { label: sessionWord[state], fits: (session) => session.state === state }]),
);

function UploadButton({ onFiles }: { onFiles(files: File[]): void }) {
  return (
    <label
      className={cn(
        buttonStyle({ look: "primary" }),
        "focus-within:outline-2 focus-within:outline-accent focus-within:outline-offset-2",
      )}
    >
      <Upload aria-hidden />
      Upload sessions
      <input
        type="file"
        multiple
        className="sr-only"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
    </label>
  );
}

export function SessionsPage() {
  const trpc = useTRPC();
  const query = useQuery(trpc.sessions.list.queryOptions());
  const { upload, start, clear } = useUpload();
  const onFiles = useCallback((files: File[]) => void start(files), [start]);
  return (
    <div className="space-y-4">
      <DropZone onFiles={onFiles} />
      <PageHead title="Sessions" text="The Telegram accounts of the pool. Drop their files anywhere on this page.">
        <UploadButton onFiles={onFiles} />
      </PageHead>
      {upload !== null && <UploadCard upload={upload} onClose={clear} />}
      <QueryGate query={query}>{(sessions) => <Sessions sessions={sessions} />}</QueryGate>
    </div>
  );
}

function Sessions({ sessions }: { sessions: SessionDto[] }) {
  const [openId, setOpenId] = useUrlState("session");
  const now = useNow(60_000);
  if (sessions.length === 0)
    return (
      <Card>
        <Empty
          icon={<Smartphone />}
          title="No sessions yet"
          text="Sessions are signed-in Telegram accounts. Upload Telethon .session files, or text files with a Telethon or GramJS string. They are tried with an API pair, so add one first."
        >
          <Button asChild>
            <Link href="/admin/api-pairs">Go to the API pairs</Link>
          </Button>
        </Empty>
      </Card>
    );
  return (
    <>
      <FilteredTable
        label="Sessions"
        rows={sessions}
        filters={filters}
        textOf={({ label, fileName, phoneMasked, userEmail }) => [label, fileName, phoneMasked, userEmail].join(" ")}
        columns={columns(now)}
        idOf={(session) => session.id}
        nameOf={(session) => session.label}
        onOpen={(session) => setOpenId(session.id)}
      />
      <SessionDrawer session={sessions.find(({ id }) => id === openId)} onClose={() => setOpenId("")} />
    </>
  );
}
