"use client";

import type { UserDto } from "@herald/contract";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { Button } from "@/components/ui/button";
import { PageHead } from "@/components/ui/card";
import { Chips } from "@/components/ui/chips";
import { type Column, DataTable } from "@/components/ui/data-table";
import { Drawer } from "@/components/ui/overlay";
import { formatDay, formatNumber } from "@/lib/format";
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
    cell: (user) => (
      <div className="min-w-0">
        <div className="truncate">
          {user.name}
          {user.role === "admin" && <span className="ml-2 text-muted text-xs">admin</span>}
        </div>
        <div className="truncate text-muted text-xs">{user.email}</div>
      </div>
    ),
  },
  { key: "state", title: "Bot", cell: (user) => <UserState user={user} /> },
  {
    key: "plan",
    title: "Plan",
    sort: (user) => user.plan?.type ?? "",
    cell: (user) =>
      user.plan === null ? (
        <span className="text-muted">none</span>
      ) : (
        <span className="whitespace-nowrap">{user.plan.type === "STARTER" ? "Starter" : "Enterprise"}</span>
      ),
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
      <span className="whitespace-nowrap text-muted">
        {user.plan === null ? "" : user.plan.expiresAt === null ? "never" : formatDay(user.plan.expiresAt)}
      </span>
    ),
  },
];

type Filter = (user: UserDto) => boolean;
const filters: Record<string, { label: string; fits: Filter }> = {
  all: { label: "All", fits: () => true },
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
  const [filter, setFilter] = useUrlState("filter", "all");
  const [openId, setOpenId] = useUrlState("user");
  const found = users.filter(filters[filter]?.fits ?? (() => true));
  return (
    <>
      <Chips
        label="Filter"
        value={filter}
        onChange={setFilter}
        chips={Object.entries(filters).map(([value, { label, fits }]) => ({
          value,
          label,
          count: users.filter(fits).length,
        }))}
      />
      {found.length === 0 ? (
        <p className="py-12 text-center text-muted">No user fits this filter.</p>
      ) : (
        <DataTable
          label="Users"
          rows={found}
          columns={columns}
          idOf={(user) => user.id}
          nameOf={(user) => user.name}
          onOpen={(user) => setOpenId(user.id)}
        />
      )}
      <UserDrawer user={users.find(({ id }) => id === openId)} onClose={() => setOpenId("")} />
    </>
  );
}
