import { isIPv6 } from "node:net";
import { join, resolve } from "node:path";
import { filesForOthers, folderForOthers, refusal, takeSecrets, weakSecrets } from "@herald/host";
import { z } from "zod";
import { openedDemo } from "./demo.ts";
import { ROOT } from "./root.ts";
import { keptSecrets, makeSecrets, secretsFile } from "./secrets.ts";

const port = (byDefault: number) =>
  z.coerce.number("a port is a number from 1 to 65535").int().min(1).max(65535).default(byDefault);
const text = z.string().min(1).optional();

/** What a person may set, in the environment or in `.env`; `.env.example` explains each. */
const Variables = z.object({
  STATE_DIR: z.string().default(".herald"),
  DEMO: z
    .enum(["0", "1"], "1 is for the demo, 0 for real Telegram")
    .default("1")
    .transform((value) => value === "1"),
  DATABASE_URL: text,
  TELEGRAM_DC: text,
  WEB_HOST: z.string().default("127.0.0.1"),
  WEB_PORT: port(3000),
  ENGINE_HOST: z.string().default("127.0.0.1"),
  ENGINE_PORT: port(4000),
  EMULATOR_PORT: port(4430),
  EMULATOR_CONTROL_PORT: port(4431),
  NEXTAUTH_URL: text,
  SESSIONS_DIR: z.string().default("sessions"),
  LOGS_DIR: z.string().default("logs"),
});

export type Settings = ReturnType<typeof readSettings>;

/**
 * Reads the settings, and makes the secrets on the first start. Outside the demo secrets that can be guessed are refused, and
 * files that others can read; a demo that others could come to, or whose logins would stay, always is.
 * @throws Error naming each variable and file that is wrong, without its content
 */
export function readSettings(environment: NodeJS.ProcessEnv = process.env) {
  const { given, faults } = takeSecrets(environment, { isDemo: environment.DEMO !== "0" });
  const { data, error } = Variables.safeParse(given);
  for (const { path, message } of error?.issues ?? []) faults.push({ about: path.join("."), message });
  if (data === undefined) throw refusal("Herald", faults);
  faults.push(...openedDemo(data));
  const state = resolve(ROOT, data.STATE_DIR);
  const sessions = resolve(ROOT, data.SESSIONS_DIR);
  if (!data.DEMO) {
    faults.push(...weakSecrets({ ...keptSecrets(state), ...given }));
    faults.push(...filesForOthers([join(ROOT, ".env"), secretsFile(state)]), ...folderForOthers(sessions, ".session"));
  }
  if (faults.length > 0) throw refusal("Herald", faults);
  const webUrl = data.NEXTAUTH_URL ?? `http://localhost:${data.WEB_PORT}`;
  const emulator = data.DEMO && data.TELEGRAM_DC === undefined;
  const rsaKeyFile = join(state, "telegram.pem");
  const controlTokenFile = join(state, "telegram.token");
  const { WEB_PORT, ENGINE_HOST, ENGINE_PORT, EMULATOR_PORT, EMULATOR_CONTROL_PORT } = data;
  const engineUrl = `http://${calledAt(ENGINE_HOST)}:${ENGINE_PORT}`;
  /** What was set, and what follows from it, but for the database: of this each app is given what it reads. */
  const appEnvironment: Record<string, string> = {
    ...given,
    ...makeSecrets(state, given),
    DEMO: data.DEMO ? "1" : "0",
    NEXTAUTH_URL: webUrl,
    ENGINE_HOST,
    ENGINE_PORT: `${ENGINE_PORT}`,
    ENGINE_URL: engineUrl,
    ...(emulator && {
      TELEGRAM_DC: `2:127.0.0.1:${EMULATOR_PORT}`,
      TELEGRAM_RSA_PUBLIC_KEY: rsaKeyFile,
    }),
    SESSIONS_DIR: sessions,
    LOGS_DIR: resolve(ROOT, data.LOGS_DIR),
  };
  return {
    ...data,
    state,
    webUrl,
    /** where the launcher and the pages ask the engine, and the launcher the pages */
    engineUrl,
    pagesUrl: `http://${calledAt(data.WEB_HOST)}:${WEB_PORT}`,
    /** whether Telegram is the one on this machine */
    emulator,
    /** where that one leaves its public key, for the engines to trust */
    rsaKeyFile,
    /** where that one leaves what its control port asks for */
    controlTokenFile,
    /** what must be free, by the variable that moves it */
    ports: { WEB_PORT, ENGINE_PORT, ...(emulator && { EMULATOR_PORT, EMULATOR_CONTROL_PORT }) },
    appEnvironment,
  };
}

/** How this machine calls what listens on `host`, in a URL: one that stands for all its addresses is none to call. */
function calledAt(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return isIPv6(host) ? `[${host}]` : host;
}
