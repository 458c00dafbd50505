"use client";

import { type Role, type UserDto, UserUpdateInput } from "@herald/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Facts } from "@/components/ui/facts";
import { Field, Select, TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { ErrorNote } from "@/components/ui/notice";
import { Confirm } from "@/components/ui/overlay";
import { RowDrawer } from "@/components/ui/row-drawer";
import { errorOf } from "@/lib/error";
import { formatDay, formatMoment, formatNumber } from "@/lib/format";
import { useTRPC } from "@/lib/trpc";
import { useForm } from "@/lib/use-form";
import { PlanFields, planDraft, planField, readPlan } from "./plan-fields";
import { UserState } from "./user-state";

export function UserDrawer({ user, onClose }: { user: UserDto | undefined; onClose(): void }) {
  return (
    <RowDrawer row={user} nameOf={({ name }) => name} onClose={onClose}>
      {(user) => (
        <>
          <UserState user={user} />
          <Facts
            facts={[
              ["Email", user.email],
              ["Two-step sign-in", user.twoStep ? "On" : "Off"],
              ["Posts", formatNumber(user.messagesSent)],
              ["Since", formatDay(user.createdAt)],
            ]}
          />
          <UserActions user={user} />
          <EditForm user={user} />
        </>
      )}
    </RowDrawer>
  );
}

function useUserMutations() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: trpc.users.pathKey() });
  return {
    resetTwoStep: useMutation(trpc.users.resetTwoStep.mutationOptions({ onSuccess })),
    update: useMutation(trpc.users.update.mutationOptions({ onSuccess })),
    stopBot: useMutation(trpc.users.stopBot.mutationOptions({ onSuccess })),
    clearBreaker: useMutation(trpc.users.clearBreaker.mutationOptions({ onSuccess })),
  };
}

function UserActions({ user }: { user: UserDto }) {
  const { update, stopBot, clearBreaker, resetTwoStep } = useUserMutations();
  const error = clearBreaker.error ?? update.error;
  return (
    <div className="space-y-3">
      {user.breakerTrippedAt !== null && (
        <p className="text-pretty">
          The breaker stopped this bot on {formatMoment(user.breakerTrippedAt)}: its post cost accounts. Look at the
          post before you clear it.
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
        {user.twoStep && (
          <Confirm
            title={`Turn off ${user.name}'s two-step sign-in?`}
            text="For who has lost both the phone and the recovery codes. Be sure that it is them who ask: from then on their password alone lets in whoever knows it."
            action="Turn off"
            onConfirm={() => resetTwoStep.mutateAsync({ id: user.id })}
          >
            <Button>Reset two-step sign-in</Button>
          </Confirm>
        )}
        {user.disabled ? (
          <Button busy={update.isPending} onClick={() => update.mutate({ id: user.id, disabled: false })}>
            Enable user
          </Button>
        ) : (
          <Confirm
            title={`Disable ${user.name}?`}
            text={`${
              user.botStatus === "running"
                ? "Posting stops at once. What is left of the cycle stays open: it goes on where it stood when you enable them and they start again. "
                : ""
            }They are signed out everywhere, and can neither sign in nor use their API key until you enable them. Their settings are kept.`}
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
  const form = useForm({
    schema: UserUpdateInput,
    initial: { name: user.name, role: user.role, password: "", ...planDraft(user.plan) },
    read: (values) => ({
      id: user.id,
      name: values.name,
      role: values.role,
      plan: readPlan(values),
      ...(values.password === "" ? {} : { password: values.password }),
    }),
    fieldOf: planField,
    submit: (input) => update.mutateAsync(input),
  });
  const { values, faults, set } = form;
  return (
    <Form form={form} action="Save user" className="space-y-4 border-line border-t pt-5">
      <TextField label="Name" fault={faults.name} value={values.name} onChange={(name) => set("name", name)} />
      <Field label="Role" hint="Another role signs them out everywhere and revokes their API key." fault={faults.role}>
        {(control) => (
          <Select {...control} value={values.role} onChange={(event) => set("role", event.target.value as Role)}>
            <option value="user">User</option>
            <option value="admin">Admin</option>
          </Select>
        )}
      </Field>
      <PlanFields values={values} faults={faults} set={set} />
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        hint="Empty: the password stays. Another one signs them out everywhere; their API key stays."
        fault={faults.password}
        value={values.password}
        onChange={(password) => set("password", password)}
      />
    </Form>
  );
}
