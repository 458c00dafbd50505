"use client";

import { getSession, signIn } from "next-auth/react";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Fault, Field, Input } from "@/components/ui/field";
import type { DemoLogin } from "@/env";
import { firstPlace } from "@/lib/first-place";

const message = (error: string): string => {
  switch (error) {
    case "CredentialsSignin":
      return "This e-mail and password do not belong together. Check both, or ask your admin.";
    case "too_many_attempts":
      return "Too many failed attempts. Wait ten minutes, then try again.";
    default:
      return "Herald cannot check your sign-in at the moment. Try again soon.";
  }
};

interface Credentials {
  email: string;
  password: string;
}

export function SignInForm({ to, demoLogins }: { to: string | null; demoLogins: DemoLogin[] }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const enter = async (credentials: Credentials) => {
    setBusy(true);
    setError(null);
    const result = await signIn("credentials", { ...credentials, redirect: false }).catch(() => undefined);
    if (result?.ok === true) {
      const session = await getSession();
      return window.location.assign(to ?? firstPlace(session?.user.role ?? "user"));
    }
    setError(message(result?.error ?? ""));
    setBusy(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (email.trim() === "" || password === "") return setError("Give your e-mail address and your password.");
    return enter({ email, password });
  };

  return (
    <>
      <form onSubmit={submit} noValidate className="space-y-4 rounded-card border border-line bg-surface p-5">
        <Field label="Email">
          {(control) => (
            <Input
              {...control}
              type="email"
              autoComplete="username"
              autoFocus
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        <Field label="Password">
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        {error !== null && <Fault>{error}</Fault>}
        <Button type="submit" look="primary" size="md" busy={busy} className="w-full">
          Sign in
        </Button>
      </form>
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
  );
}
