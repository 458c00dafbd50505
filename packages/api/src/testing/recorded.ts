// Services of which each call is written down, and people who ask, for the tests of what stands between a request and a service.
import type { Identity, Services } from "@herald/core";
import type { Context } from "../context.ts";

const person = (id: string, role: "user" | "admin"): Identity => ({
  user: {
    id,
    role,
    email: `${id}@example.org`,
    name: `The ${role}`,
    plan: null,
    disabled: false,
    timeZone: "UTC",
    createdAt: new Date(0),
  },
  credential: { kind: "sign_in", id: `sign-in of ${id}`, expiresAt: new Date(0) },
});

export const user = person("u1", "user");
export const admin = person("a1", "admin");

/**
 * A context in which `who` asks. Services answer with `answers["bots.status"]`, which may be an error to throw, or else with their
 * own name. `calls` are those that were made of them, `faults` what was written down.
 */
export function recorded(who: Identity | null, answers: Record<string, unknown> = {}) {
  const calls: unknown[][] = [];
  const faults: unknown[] = [];
  const service =
    (name: string) =>
    async (...input: unknown[]) => {
      calls.push([name, ...input]);
      const answer = answers[name] ?? name;
      if (answer instanceof Error) throw answer;
      return answer;
    };
  const services = new Proxy(
    {},
    {
      get: (_, noun) =>
        new Proxy(service(String(noun)), { get: (_, verb) => service(`${String(noun)}.${String(verb)}`) }),
    },
  ) as Services;
  const context: Context = {
    services,
    identify: async () => who,
    isFromPages: async () => false,
    fault: (error) => faults.push(error),
  };
  return { context, calls, faults };
}
