import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { ROOT } from "./root.ts";

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
  ENGINE_PORT: port(4000),
  PG_PORT: port(5433),
  EMULATOR_PORT: port(4430),
  EMULATOR_CONTROL_PORT: port(4431),
  NEXTAUTH_URL: text,
  SESSIONS_DIR: z.string().default("sessions"),
  LOGS_DIR: z.string().default("logs"),
});

export type Settings = ReturnType<typeof readSettings>;

/**
 * Reads the settings, and makes the secrets on the first start.
 * @throws Error naming each variable that is wrong
 */
export function readSettings(environment: NodeJS.ProcessEnv = process.env) {
  // An empty line of `.env` leaves the variable at its default.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const { data, error } = Variables.safeParse(given);
  if (error) {
    const lines = error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
    throw new Error(`Mend these settings, in the environment or in .env:\n${lines.join("\n")}`);
  }
  const state = resolve(ROOT, data.STATE_DIR);
  const webUrl = data.NEXTAUTH_URL ?? `http://localhost:${data.WEB_PORT}`;
  const emulator = data.DEMO && data.TELEGRAM_DC === undefined;
  const rsaKeyFile = join(state, "telegram.pem");
  const { WEB_PORT, ENGINE_PORT, EMULATOR_PORT, EMULATOR_CONTROL_PORT } = data;
  return {
    ...data,
    state,
    webUrl,
    /** whether Telegram is the one on this machine */
    emulator,
    /** where that one leaves its public key, for the engines to trust */
    rsaKeyFile,
    /** what must be free, by the variable that moves it; PostgreSQL sees to its own */
    ports: { WEB_PORT, ENGINE_PORT, ...(emulator && { EMULATOR_PORT, EMULATOR_CONTROL_PORT }) },
    /** what the apps read, but for the database */
    appEnvironment: {
      ...secrets(state, given),
      DEMO: data.DEMO ? "1" : "0",
      NEXTAUTH_URL: webUrl,
      ENGINE_PORT: `${ENGINE_PORT}`,
      ENGINE_URL: `http://127.0.0.1:${ENGINE_PORT}`,
      ...(emulator && {
        TELEGRAM_DC: `2:127.0.0.1:${EMULATOR_PORT}`,
        TELEGRAM_RSA_PUBLIC_KEY: rsaKeyFile,
      }),
      SESSIONS_DIR: resolve(ROOT, data.SESSIONS_DIR),
      LOGS_DIR: resolve(ROOT, data.LOGS_DIR),
    },
  };
}

/** 256-bit keys, in base64; each is made once, and kept for this user's eyes alone. */
function secrets(state: string, given: NodeJS.ProcessEnv): Record<string, string> {
  const file = join(state, "secrets.json");
  const kept: Record<string, string> = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const names = ["NEXTAUTH_SECRET", "ENGINE_JWT_SECRET", "SESSION_KEY"];
  const all = Object.fromEntries(
    names.map((name) => [name, given[name] ?? kept[name] ?? randomBytes(32).toString("base64")]),
  );
  const toKeep = {
    ...kept,
    ...Object.fromEntries(names.filter((name) => !given[name]).map((name) => [name, all[name]])),
  };
  if (Object.keys(toKeep).length > Object.keys(kept).length) {
    mkdirSync(state, { recursive: true });
    writeFileSync(file, `${JSON.stringify(toKeep, null, 2)}\n`, { mode: 0o600 });
  }
  return all;
}
