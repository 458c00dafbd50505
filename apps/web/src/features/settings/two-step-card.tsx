"use client";

import { BothStepsInput, type RecoveryCodesDto, TwoStepBeginInput } from "@herald/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { ErrorNote, Skeleton } from "@/components/ui/notice";
import { Dialog } from "@/components/ui/overlay";
import { errorOf } from "@/lib/error";
import { useTRPC } from "@/lib/trpc";
import { useForm } from "@/lib/use-form";
import { RecoveryCodes } from "./recovery-codes";
import { TwoStepConfirm } from "./two-step-confirm";

type Question = "begin" | "renewCodes" | "turnOff";

/** The second step of one's own sign-in. */
export function TwoStepCard() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data, error } = useQuery(trpc.twoStep.status.queryOptions());
  const [asked, setAsked] = useState<Question | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const close = () => setAsked(null);
  const done = async (fresh: RecoveryCodesDto | null) => {
    close();
    setCodes(fresh?.codes ?? null);
    await queryClient.invalidateQueries({ queryKey: trpc.twoStep.pathKey() });
  };

  return (
    <Card className="p-5" aria-label="Two-step sign-in">
      <h2 className="font-strong text-lg">Two-step sign-in</h2>
      {error !== null && <ErrorNote error={errorOf(error)} className="mt-3" />}
      {error === null && data === undefined && <Skeleton className="mt-2 h-5 w-2/3" />}
      {data !== undefined && (
        <>
          <p className="mt-1 text-pretty text-muted">
            {data.on
              ? `On: beside your password, Herald asks for a code of your authenticator app. ${leftOf(data.recoveryCodesLeft)}`
              : "Off. With it, who learns your password cannot sign in without a code of the authenticator app on your phone."}
          </p>
          {codes !== null && <RecoveryCodes codes={codes} onDone={() => setCodes(null)} />}
          <div className="mt-4 flex flex-wrap gap-2">
            {data.on ? (
              <>
                <Button onClick={() => setAsked("renewCodes")}>New recovery codes</Button>
                <Button look="quiet" onClick={() => setAsked("turnOff")}>
                  Turn off
                </Button>
              </>
            ) : (
              <Button onClick={() => setAsked("begin")}>Turn on</Button>
            )}
          </div>
        </>
      )}
      <Dialog title="Turn on two-step sign-in" open={asked === "begin"} onClose={close}>
        <Enrol onDone={done} onCancel={close} />
      </Dialog>
      <Dialog
        title="New recovery codes?"
        text="Those that you have stop working at once."
        open={asked === "renewCodes"}
        onClose={close}
      >
        <BothSteps question="renewCodes" action="Make new codes" onDone={done} onCancel={close} />
      </Dialog>
      <Dialog
        title="Turn off two-step sign-in?"
        text="Your password alone lets you in then, and whoever else knows it. Your recovery codes are forgotten."
        open={asked === "turnOff"}
        onClose={close}
      >
        <BothSteps question="turnOff" action="Turn off" onDone={done} onCancel={close} />
      </Dialog>
    </Card>
  );
}

const leftOf = (count: number): string =>
  count === 0
    ? "You have no recovery code left: make new ones."
    : `You have ${count} recovery ${count === 1 ? "code" : "codes"} left.`;

interface StepProps {
  onDone(fresh: RecoveryCodesDto | null): Promise<void>;
  onCancel(): void;
}

/** First the password, then the app. */
function Enrol({ onDone, onCancel }: StepProps) {
  const trpc = useTRPC();
  const begin = useMutation(trpc.twoStep.begin.mutationOptions());
  const form = useForm({
    schema: TwoStepBeginInput,
    initial: { password: "" },
    read: (values) => values,
    submit: (input) => begin.mutateAsync(input),
  });
  if (begin.data !== undefined) return <TwoStepConfirm {...begin.data} onDone={onDone} onCancel={onCancel} />;
  return (
    <Form form={form} action="Go on" onCancel={onCancel}>
      <PasswordField {...form} />
    </Form>
  );
}

function BothSteps(props: StepProps & { question: "renewCodes" | "turnOff"; action: string }) {
  const trpc = useTRPC();
  const renewCodes = useMutation(trpc.twoStep.renewCodes.mutationOptions());
  const turnOff = useMutation(trpc.twoStep.turnOff.mutationOptions());
  const form = useForm({
    schema: BothStepsInput,
    initial: { password: "", code: "" },
    read: (values) => values,
    submit: async (input) => {
      if (props.question === "renewCodes") return props.onDone(await renewCodes.mutateAsync(input));
      await turnOff.mutateAsync(input);
      await props.onDone(null);
    },
  });
  return (
    <Form form={form} action={props.action} onCancel={props.onCancel}>
      <PasswordField {...form} />
      <TextField
        label="Code"
        hint="Of your authenticator app, or a recovery code."
        autoComplete="one-time-code"
        fault={form.faults.code}
        value={form.values.code}
        onChange={(code) => form.set("code", code)}
      />
    </Form>
  );
}

interface WithPassword {
  values: { password: string };
  faults: Record<string, string>;
  set(key: "password", value: string): void;
}

function PasswordField({ values, faults, set }: WithPassword) {
  return (
    <TextField
      label="Your password"
      type="password"
      autoComplete="current-password"
      fault={faults.password}
      value={values.password}
      onChange={(password) => set("password", password)}
    />
  );
}
