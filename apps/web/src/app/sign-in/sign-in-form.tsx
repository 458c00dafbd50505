"use client";

import { getSession, signIn } from "next-auth/react";
import { type FormEvent, type ReactNode, useState } from "react";
import { flushSync } from "react-dom";
import { faultOf, wordsOf } from "@/auth/fault";
import { Button } from "@/components/ui/button";
import { Fault, TextField } from "@/components/ui/field";
import type { DemoLogin } from "@/env";
import { firstPlace } from "@/lib/first-place";

const NO_COOKIES =
  "You gave the right password, but this browser keeps no cookies of Herald's, so you are not signed in. Allow them, then try again.";

interface Credentials {
  email: string;
  password: string;
  code?: string;
}

/** Where somebody wants to go (`to`), and what next-auth has to say of a try that led here. */
export function SignInForm(props: { to: string | null; error: string | null; demoLogins: DemoLogin[] }) {
  const { to, demoLogins } = props;
  /** right so far, and asked for a code */
  const [halfway, setHalfway] = useState<Credentials | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(props.error === null ? null : wordsOf(faultOf(props.error)));

  const enter = async (credentials: Credentials) => {
    setBusy(true);
    setError(null);
    const result = await signIn("credentials", { ...credentials, redirect: false }).catch(() => undefined);
    if (result?.ok === true && !result.error) {
      const session = await getSession();
      if (session !== null) return window.location.assign(to ?? firstPlace(session.user.role));
      setError(NO_COOKIES);
    } else {
      const found = faultOf(result?.error ?? "");
      if (found.fault === "code_needed") setHalfway(credentials);
      else setError(wordsOf(found));
    }
    setBusy(false);
  };

  return halfway === null ? (
    <>
      <PasswordStep busy={busy} error={error} enter={enter} />
      {demoLogins.length > 0 && (
        <div className="mt-4 rounded-card border border-line border-dashed p-4">
          <p className="mb-3 text-center text-muted text-sm">This is the demo. Look around as</p>
          <div className="flex flex-wrap gap-2">
            {demoLogins.map((login) => (
              <Button key={login.email} size="md" className="grow" disabled={busy} onClick={() => enter(login)}>
                {login.label}
              </Button>
            ))}
          </div>
        </div>
      )}
    </>
  ) : (
    <CodeStep
      busy={busy}
      error={error}
      enter={(code) => enter({ ...halfway, code })}
      onOtherCode={() => setError(null)}
      onBack={() => {
        setHalfway(null);
        setError(null);
      }}
    />
  );
}

interface StepProps {
  /** the fields, and what follows them */
  children: ReactNode;
  error: string | null;
  busy: boolean;
  action: string;
  /** What is missing is marked in it already. */
  onSubmit(): void;
}

function Step({ children, error, busy, action, onSubmit }: StepProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    flushSync(onSubmit);
    event.currentTarget.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  };
  return (
    <form onSubmit={submit} noValidate className="space-y-4 rounded-card border border-line bg-surface p-5">
      {children}
      {error !== null && <Fault>{error}</Fault>}
      <Button type="submit" look="primary" size="md" busy={busy} className="w-full">
        {action}
      </Button>
    </form>
  );
}

function PasswordStep(props: { busy: boolean; error: string | null; enter(credentials: Credentials): void }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState<"email" | "password" | null>(null);
  return (
    <Step
      busy={props.busy}
      error={missing === null ? props.error : null}
      action="Sign in"
      onSubmit={() => {
        const field = email.trim() === "" ? "email" : password === "" ? "password" : null;
        setMissing(field);
        if (field === null) props.enter({ email, password });
      }}
    >
      <TextField
        label="Email"
        type="email"
        autoComplete="username"
        autoFocus
        fault={missing === "email" ? "Give your e-mail address." : undefined}
        value={email}
        onChange={setEmail}
      />
      <TextField
        label="Password"
        type="password"
        autoComplete="current-password"
        fault={missing === "password" ? "Give your password." : undefined}
        value={password}
        onChange={setPassword}
      />
    </Step>
  );
}

interface CodeStepProps {
  busy: boolean;
  error: string | null;
  enter(code: string): void;
  /** the other kind of code is to be given */
  onOtherCode(): void;
  onBack(): void;
}

function CodeStep(props: CodeStepProps) {
  const [code, setCode] = useState("");
  const [isMissing, setMissing] = useState(false);
  const [byRecovery, setByRecovery] = useState(false);
  const label = byRecovery ? "Recovery code" : "Code";
  return (
    <>
      <Step
        busy={props.busy}
        error={isMissing ? null : props.error}
        action="Sign in"
        onSubmit={() => {
          setMissing(code.trim() === "");
          if (code.trim() !== "") props.enter(code);
        }}
      >
        <TextField
          key={label}
          label={label}
          hint={
            byRecovery
              ? "One of the ten that you kept when you turned two-step sign-in on. It is used up by this."
              : "The six digits that your authenticator app shows for Herald now."
          }
          inputMode={byRecovery ? "text" : "numeric"}
          autoComplete={byRecovery ? "off" : "one-time-code"}
          autoCapitalize="characters"
          spellCheck={false}
          autoFocus
          fault={isMissing ? `Give the ${label.toLowerCase()}.` : undefined}
          value={code}
          onChange={setCode}
        />
      </Step>
      <div className="mt-3 flex flex-wrap justify-between gap-2">
        <Button look="quiet" onClick={props.onBack}>
          Back
        </Button>
        <Button
          look="quiet"
          onClick={() => {
            setByRecovery(!byRecovery);
            setCode("");
            setMissing(false);
            props.onOtherCode();
          }}
        >
          {byRecovery ? "Use the app" : "Use a recovery code"}
        </Button>
      </div>
    </>
  );
}
