"use client";

import { type Role, UserCreateInput } from "@herald/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Field, Input, Select } from "@/components/ui/field";
import { ErrorNote } from "@/components/ui/notice";
import { useTRPC } from "@/lib/trpc";
import { useForm } from "@/lib/use-form";
import { PlanFields, planDraft, planField, readPlan } from "./plan-fields";

export function CreateUserForm({ onDone }: { onDone(): void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const create = useMutation(
    trpc.users.create.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.users.pathKey() }),
    }),
  );
  const form = useForm({
    schema: UserCreateInput,
    initial: { name: "", email: "", password: "", role: "user" as Role, ...planDraft(null) },
    read: (values) => ({
      name: values.name,
      email: values.email.trim(),
      password: values.password,
      role: values.role,
      plan: readPlan(values),
    }),
    fieldOf: planField,
    async submit(input) {
      await create.mutateAsync(input);
      onDone();
    },
  });
  const { values, faults, set } = form;
  return (
    <form onSubmit={form.submit} noValidate autoComplete="off" className="space-y-4">
      <Field label="Name" fault={faults.name}>
        {(control) => <Input {...control} value={values.name} onChange={(event) => set("name", event.target.value)} />}
      </Field>
      <Field label="Email" fault={faults.email}>
        {(control) => (
          <Input
            {...control}
            type="email"
            value={values.email}
            onChange={(event) => set("email", event.target.value)}
          />
        )}
      </Field>
      <Field label="Password" fault={faults.password} hint="At least 10 characters. Hand it over by a safe way.">
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
      <Field label="Role" fault={faults.role}>
        {(control) => (
          <Select {...control} value={values.role} onChange={(event) => set("role", event.target.value as Role)}>
            <option value="user">User</option>
            <option value="admin">Admin</option>
          </Select>
        )}
      </Field>
      <PlanFields values={values} faults={faults} set={(key, value) => set(key, value as never)} />
      {form.error !== null && <ErrorNote error={form.error} />}
      <div className="flex justify-end gap-2 pt-1">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="primary" busy={form.busy}>
          Create user
        </Button>
      </div>
    </form>
  );
}
