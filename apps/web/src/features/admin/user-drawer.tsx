"use client";

import { type UserDto, UserUpdateInput } from "@herald/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Facts } from "@/components/ui/facts";
import { Field, Input } from "@/components/ui/field";
import { ErrorNote } from "@/components/ui/notice";
import { Confirm, Drawer } from "@/components/ui/overlay";
import { errorOf } from "@/lib/error";
import { formatDay, formatNumber, formatTime } from "@/lib/format";
import { useTRPC } from "@/lib/trpc";
import { useForm } from "@/lib/use-form";
import { PlanFields, planDraft, planField, readPlan } from "./plan-fields";
import { UserState } from "./user-state";

export function UserDrawer({ user, onClose }: { user: UserDto | undefined; onClose(): void }) {
  return (
    <Drawer title={user?.name ?? ""} open={user !== undefined} onClose={onClose}>
      {user !== undefined && (
        <div key={user.id} className="space-y-6">
          <div className="space-y-4">
            <UserState user={user} />
            <Facts
              facts={[
                [
                  "Email",
                  <span key="email" className="break-all">
                    {user.email}
                  </span>,
                ],
                ["Role", user.role === "admin" ? "Admin" : "User"],
                ["Posts", formatNumber(user.messagesSent)],
                ["Since", formatDay(user.createdAt)],
              ]}
            />
          </div>
          <UserActions user={user} />
          <EditForm user={user} />
        </div>
      )}
    </Drawer>
  );
}

function useUserMutations() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: trpc.users.pathKey() });
  return {
    update: useMutation(trpc.users.update.mutationOptions({ onSuccess })),
    stopBot: useMutation(trpc.users.stopBot.mutationOptions({ onSuccess })),
    clearBreaker: useMutation(trpc.users.clearBreaker.mutationOptions({ onSuccess })),
  };
}

function UserActions({ user }: { user: UserDto }) {
  const { update, stopBot, clearBreaker } = useUserMutations();
  const error = clearBreaker.error ?? update.error;
  return (
    <div className="space-y-3">
      {user.breakerTrippedAt !== null && (
        <p className="text-pretty">
          The breaker stopped this bot on {formatDay(user.breakerTrippedAt)} at {formatTime(user.breakerTrippedAt)}: its
          post cost accounts. Look at the post before you clear it.
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        {user.botStatus === "running" && (
          <Confirm
            title={`Stop ${user.name}'s bot?`}
            text="Nothing more is sent. The user can start it again, and it goes on where it stood."
            action="Stop bot"
            onConfirm={() => stopBot.mutateAsync({ id: user.id })}
          >
            <Button>Stop bot</Button>
          </Confirm>
        )}
        {user.breakerTrippedAt !== null && (
          <Button busy={clearBreaker.isPending} onClick={() => clearBreaker.mutate({ id: user.id })}>
            Clear breaker
          </Button>
        )}
        {user.disabled ? (
          <Button busy={update.isPending} onClick={() => update.mutate({ id: user.id, disabled: false })}>
            Enable user
          </Button>
        ) : (
          <Confirm
            title={`Disable ${user.name}?`}
            text="They cannot sign in or use their API key any more. Their settings are kept."
            action="Disable user"
            onConfirm={() => update.mutateAsync({ id: user.id, disabled: true })}
          >
            <Button>Disable user</Button>
          </Confirm>
        )}
      </div>
      {error !== null && <ErrorNote error={errorOf(error)} />}
    </div>
  );
}

function EditForm({ user }: { user: UserDto }) {
  const { update } = useUserMutations();
  const [saved, setSaved] = useState(false);
  const form = useForm({
    schema: UserUpdateInput,
    initial: { name: user.name, password: "", ...planDraft(user.plan) },
    read: (values) => ({
      id: user.id,
      name: values.name,
      plan: readPlan(values),
      ...(values.password === "" ? {} : { password: values.password }),
    }),
    fieldOf: planField,
    async submit(input) {
      await update.mutateAsync(input);
      setSaved(true);
    },
  });
  const { values, faults } = form;
  const set = (key: keyof typeof values, value: string) => {
    setSaved(false);
    form.set(key, value as never);
  };
  return (
    <form onSubmit={form.submit} noValidate autoComplete="off" className="space-y-4 border-line border-t pt-5">
      <Field label="Name" fault={faults.name}>
        {(control) => <Input {...control} value={values.name} onChange={(event) => set("name", event.target.value)} />}
      </Field>
      <PlanFields values={values} faults={faults} set={set} />
      <Field label="New password" fault={faults.password} hint="Empty: the password stays.">
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="new-password"
            value={values.password}
            onChange={(event) => set("password", event.target.value)}
          />
        )}
      </Field>
      {form.error !== null && <ErrorNote error={form.error} />}
      <div className="flex items-center gap-3">
        <Button type="submit" look="primary" busy={form.busy}>
          Save user
        </Button>
        <p role="status" className="flex items-center gap-1.5 text-muted text-sm">
          {saved && (
            <>
              <Check className="size-4 text-ok" aria-hidden /> Saved.
            </>
          )}
        </p>
      </div>
    </form>
  );
}
