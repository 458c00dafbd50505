"use client";

import { MIN_PASSWORD_LENGTH, type Role, UserCreateInput } from "@herald/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Field, Select, TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
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
    <Form form={form} action="Create user" onCancel={onDone}>
      <TextField label="Name" fault={faults.name} value={values.name} onChange={(name) => set("name", name)} />
      <TextField
        label="Email"
        type="email"
        fault={faults.email}
        value={values.email}
        onChange={(email) => set("email", email)}
      />
      <TextField
        label="Password"
        type="password"
        autoComplete="new-password"
        hint={`At least ${MIN_PASSWORD_LENGTH} characters. Hand it over by a safe way.`}
        fault={faults.password}
        value={values.password}
        onChange={(password) => set("password", password)}
      />
      <Field label="Role" fault={faults.role}>
        {(control) => (
          <Select {...control} value={values.role} onChange={(event) => set("role", event.target.value as Role)}>
            <option value="user">User</option>
            <option value="admin">Admin</option>
          </Select>
        )}
      </Field>
      <PlanFields values={values} faults={faults} set={set} />
    </Form>
  );
}
