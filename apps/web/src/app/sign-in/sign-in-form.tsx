"use client";

import { getSession, signIn } from "next-auth/react";
import { type FormEvent, useState } from "react";
import { flushSync } from "react-dom";
import { Button } from "@/components/ui/button";
import { Fault, TextField } from "@/components/ui/field";
import type { DemoLogin } from "@/env";
import { firstPlace } from "@/lib/first-place";

const message = (error: string): string => {
  switch (error) {
    case "CredentialsSignin":
      return "This e-mail and password do not belong together. Check both, or ask your admin.";
    case "too_many_attempts":
      return "Too many failed attempts. Wait ten minutes, then try again.";
    case "wrong_address":
      return "Herald takes no sign-in from this address. Open the one that it was set up with (NEXTAUTH_URL), or have your admin set that to this one.";
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
  const [missing, setMissing] = useState<"email" | "password" | null>(null);
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
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const field = email.trim() === "" ? "email" : password === "" ? "password" : null;
    flushSync(() => setMissing(field));
    if (field === null) return enter({ email, password });
    setError(null);
    return event.currentTarget.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  };

  return (
    <>
      <form onSubmit={submit} noValidate className="space-y-4 rounded-card border border-line bg-surface p-5">
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
