"use client";

import type { UserDto } from "@herald/contract";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { Button } from "@/components/ui/button";
import { PageHead } from "@/components/ui/card";
import type { Column } from "@/components/ui/data-table";
import { FilteredTable, type Filters } from "@/components/ui/filtered-table";
import { NameCell } from "@/components/ui/name";
import { Drawer } from "@/components/ui/overlay";
import { formatDay, formatNumber } from "@/lib/format";
import { planWord } from "@/lib/names";
import { useTRPC } from "@/lib/trpc";
import { useUrlState } from "@/lib/url-state";
import { QueryGate } from "../state-gate";
import { CreateUserForm } from "./create-user-form";
import { UserDrawer } from "./user-drawer";
import { UserState } from "./user-state";

const columns: Array<Column<UserDto>> = [
  {
    key: "name",
    title: "User",
    sort: (user) => user.name.toLowerCase(),
    grow: true,
    cell: (user) => <NameCell name={user.name} note={user.role === "admin" ? `Admin · ${user.email}` : user.email} />,
  },
  { key: "state", title: "Bot", cell: (user) => <UserState user={user} /> },
  {
    key: "plan",
    title: "Plan",
    wide: true,
    sort: (user) => user.plan?.type ?? "",
    cell: (user) => (user.plan === null ? <span className="text-muted">none</span> : planWord[user.plan.type]),
  },
  {
    key: "sessions",
    title: "Sessions",
    right: true,
    wide: true,
    sort: (user) => user.sessionCount,
    cell: (user) => (
      <>
        {formatNumber(user.sessionCount)}
        {user.plan !== null && <span className="text-muted"> / {formatNumber(user.plan.maxSessions)}</span>}
      </>
    ),
  },
  {
    key: "groups",
    title: "Groups",
    right: true,
    wide: true,
    sort: (user) => user.groupCount,
    cell: (user) => (
      <>
        {formatNumber(user.groupCount)}
        {user.plan !== null && <span className="text-muted"> / {formatNumber(user.plan.maxGroups)}</span>}
      </>
    ),
  },
  {
    key: "sent",
    title: "Posts",
    right: true,
    wide: true,
    sort: (user) => user.messagesSent,
    cell: (user) => formatNumber(user.messagesSent),
  },
  {
    key: "expires",
    title: "Plan ends",
    right: true,
    wide: true,
    sort: (user) => user.plan?.expiresAt ?? "",
    cell: (user) => (
      <span className="text-muted">
        {user.plan === null ? "" : user.plan.expiresAt === null ? "never" : formatDay(user.plan.expiresAt)}
      </span>
    ),
  },
];

const filters: Filters<UserDto> = {
  posting: { label: "Posting", fits: (user) => user.botStatus === "running" },
  breaker: { label: "Breaker", fits: (user) => user.breakerTrippedAt !== null },
  noplan: { label: "Without a plan", fits: (user) => user.plan === null && user.role === "user" },
  disabled: { label: "Disabled", fits: (user) => user.disabled },
};

export function UsersPage() {
  const trpc = useTRPC();
  const [creating, setCreating] = useUrlState("create");
  const query = useQuery(trpc.users.list.queryOptions());
  return (
    <div className="space-y-4">
      <PageHead title="Users" text="Who may sign in, and what their plan lets them do.">
        <Button look="primary" onClick={() => setCreating("1")}>
          <Plus aria-hidden />
          Create user
        </Button>
      </PageHead>
      <QueryGate query={query}>{(users) => <Users users={users} />}</QueryGate>
      <Drawer title="Create a user" open={creating !== ""} onClose={() => setCreating("")}>
        <CreateUserForm onDone={() => setCreating("")} />
      </Drawer>
    </div>
  );
}

function Users({ users }: { users: UserDto[] }) {
  const [openId, setOpenId] = useUrlState("user");
  return (
    <>
      <FilteredTable
        label="Users"
        rows={users}
        filters={filters}
        textOf={(user) => `${user.name} ${user.email}`}
        columns={columns}
        idOf={(user) => user.id}
        nameOf={(user) => user.name}
        onOpen={(user) => setOpenId(user.id)}
      />
      <UserDrawer user={users.find(({ id }) => id === openId)} onClose={() => setOpenId("")} />
    </>
  );
}
