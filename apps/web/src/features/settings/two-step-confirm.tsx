"use client";

import { type RecoveryCodesDto, TwoStepConfirmInput, type TwoStepSecretDto } from "@herald/contract";
import { useMutation } from "@tanstack/react-query";
import { encode } from "uqr";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { useTRPC } from "@/lib/trpc";
import { useForm } from "@/lib/use-form";

/** Hands the key to the app, by a picture or by hand, and asks for a first code as the proof that it has it. */
export function TwoStepConfirm({
  secret,
  uri,
  onDone,
  onCancel,
}: TwoStepSecretDto & { onDone(fresh: RecoveryCodesDto): Promise<void>; onCancel(): void }) {
  const trpc = useTRPC();
  const confirm = useMutation(trpc.twoStep.confirm.mutationOptions());
  const form = useForm({
    schema: TwoStepConfirmInput,
    initial: { code: "" },
    read: (values) => values,
    submit: async (input) => onDone(await confirm.mutateAsync(input)),
  });
  return (
    <Form form={form} action="Turn on" onCancel={onCancel}>
      <p className="text-pretty">
        Scan this with an authenticator app, such as Aegis, Google Authenticator, 1Password or the one of your phone.
      </p>
      <QrCode text={uri} />
      <div>
        <p className="text-muted text-sm">If you cannot scan it, type this key into the app:</p>
        <code className="mt-1 block select-all break-all rounded-control border border-line bg-bg px-3 py-2 font-mono text-sm">
          {secret.replaceAll(/(.{4})(?=.)/g, "$1 ")}
        </code>
      </div>
      <TextField
        label="Code"
        hint="The six digits that the app shows then."
        autoFocus
        inputMode="numeric"
        autoComplete="one-time-code"
        fault={form.faults.code}
        value={form.values.code}
        onChange={(code) => form.set("code", code)}
      />
    </Form>
  );
}

/** Dark on white in both themes: not every app reads the opposite. */
function QrCode({ text }: { text: string }) {
  const { size, data } = encode(text, { border: 4 });
  const dark = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg
      role="img"
      aria-label="QR code with the key that stands below"
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="mx-auto size-48 rounded-control border border-line"
    >
      <rect width={size} height={size} fill="white" />
      <path d={dark.join("")} fill="black" />
    </svg>
  );
}
