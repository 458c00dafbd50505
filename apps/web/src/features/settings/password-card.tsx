"use client";

import { ChangePasswordInput, MIN_PASSWORD_LENGTH } from "@herald/contract";
import { useMutation } from "@tanstack/react-query";
import { Card } from "@/components/ui/card";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { useTRPC } from "@/lib/trpc";
import { useForm } from "@/lib/use-form";

/** One's own password. */
export function PasswordCard({ email }: { email: string }) {
  const trpc = useTRPC();
  const change = useMutation(trpc.users.changePassword.mutationOptions());
  const form = useForm({
    schema: ChangePasswordInput,
    initial: { current: "", password: "" },
    read: (values) => values,
    submit: (input) => change.mutateAsync(input),
  });
  const { values, faults, set } = form;
  return (
    <Card className="p-5" aria-label="Password">
      <h2 className="mb-4 font-strong text-lg">Password</h2>
      <Form form={form} action="Change password" saved="Changed. Every other browser is signed out.">
        {/* so that a password manager knows whose it is */}
        <input hidden readOnly autoComplete="username" value={email} />
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          <TextField
            label="Present password"
            type="password"
            autoComplete="current-password"
            fault={faults.current}
            value={values.current}
            onChange={(current) => set("current", current)}
          />
          <TextField
            label="New password"
            type="password"
            autoComplete="new-password"
            hint={`At least ${MIN_PASSWORD_LENGTH} characters; a few words that only you put together are best.`}
            fault={faults.password}
            value={values.password}
            onChange={(password) => set("password", password)}
          />
        </div>
      </Form>
    </Card>
  );
}
