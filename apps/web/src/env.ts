import { refusal, takeSecrets, weakSecrets } from "@herald/host";
import { z } from "zod";

const DemoLogins = z
  .string()
  .default("[]")
  .transform((text, ctx) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      ctx.addIssue({ code: "custom", message: "is not JSON" });
      return z.NEVER;
    }
  })
  .pipe(z.array(z.object({ label: z.string(), email: z.string(), password: z.string() })));

const Env = z.object({
  /** signs the sign-in cookie */
  NEXTAUTH_SECRET: z.string().min(32, "needs at least 32 characters"),
  /** the dashboard's own address, as the browser sees it */
  NEXTAUTH_URL: z.url(),
  ENGINE_URL: z.url().default("http://127.0.0.1:4000"),
  /** signs the one-minute tokens that the engine accepts; the engine holds the same */
  ENGINE_JWT_SECRET: z
    .string()
    .min(32, "needs at least 32 characters")
    .transform((text) => new TextEncoder().encode(text)),
  /** proxies of ours that every request comes through: so many addresses from the right in X-Forwarded-For are theirs to say */
  TRUSTED_PROXIES: z.coerce.number("is a number, 0 and more").int().min(0).max(10).default(0),
  DEMO: z.stringbool().default(false),
  DEMO_LOGINS: DemoLogins,
});
export type Env = z.infer<typeof Env>;
export type DemoLogin = Env["DEMO_LOGINS"][number];

/** Under `next dev`. */
export const isDevelopment = process.env.NODE_ENV === "development";

let parsed: Env | undefined;

/**
 * The settings of the web process, read at the first call, so that a build needs none. Secrets may come by files
 * (`NEXTAUTH_SECRET_FILE`); outside the demo those that can be guessed are refused.
 * @throws Error naming each variable that is wrong, without its content
 */
export function env(): Env {
  parsed ??= read(process.env);
  return parsed;
}

function read(environment: NodeJS.ProcessEnv): Env {
  const isDemo = environment.DEMO === "1";
  const { given, faults } = takeSecrets(environment, { isDemo });
  const { data, error } = Env.safeParse(given);
  for (const { path, message } of error?.issues ?? []) faults.push({ about: path.join("."), message });
  if (!isDemo) faults.push(...weakSecrets(given));
  if (data === undefined || faults.length > 0) throw refusal("The pages", faults);
  return data;
}
