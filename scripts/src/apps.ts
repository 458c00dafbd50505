import { createRequire } from "node:module";
import type { Command } from "./processes.ts";
import { ROOT } from "./root.ts";
import type { Settings } from "./settings.ts";

export type App = Command & {
  /** answers 2xx when the app can be used */
  healthUrl: string;
};

/** The world of chats and accounts that the demo posts in. */
const DEMO_WORLD = "apps/demo/world.yaml";

/** What Node and the system's libraries read. */
const SYSTEM_VARIABLES = [
  "HOME",
  "LANG",
  "LC_ALL",
  "NODE_EXTRA_CA_CERTS",
  "NODE_OPTIONS",
  "PATH",
  "TERM",
  "TMPDIR",
  "TZ",
] as const;

/** What the engine reads: apps/engine/src/env.ts. */
export const ENGINE_VARIABLES = [
  "BREAKER_LIMIT",
  "BREAKER_WINDOW_HOURS",
  "DATABASE_URL",
  "DEFAULT_COOLDOWN_SECONDS",
  "DEMO",
  "ENGINE_HOST",
  "ENGINE_ID",
  "ENGINE_JWT_SECRET",
  "ENGINE_PORT",
  "LOGS_DIR",
  "LOG_LEVEL",
  "RETENTION_DAYS",
  "SESSIONS_DIR",
  "SESSION_KEY",
  "SESSION_KEYS_LOST",
  "SESSION_KEYS_OLD",
  "SESSION_STORE",
  "TELEGRAM_DC",
  "TELEGRAM_RSA_PUBLIC_KEY",
] as const;

/** What the pages read: apps/web/src/env.ts. */
export const WEB_VARIABLES = [
  "DEMO",
  "DEMO_LOGINS",
  "ENGINE_JWT_SECRET",
  "ENGINE_URL",
  "NEXTAUTH_SECRET",
  "NEXTAUTH_URL",
  "TRUSTED_PROXIES",
] as const;

/** Each app is given what it reads, and no other's secrets: not by way of our own environment or `.env` either. */
const given = (names: readonly string[], environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    [...SYSTEM_VARIABLES, ...names].flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** What the engine and the programs beside it are given. */
export const engineEnvironment = (settings: Settings, databaseUrl: string): NodeJS.ProcessEnv =>
  given(ENGINE_VARIABLES, { ...settings.appEnvironment, DATABASE_URL: databaseUrl });

/** Telegram on loopback, for the demo; it writes its public key to a file for the engines. */
export function emulator(settings: Settings): App {
  const { EMULATOR_PORT, EMULATOR_CONTROL_PORT } = settings;
  const options = {
    port: EMULATOR_PORT,
    control: EMULATOR_CONTROL_PORT,
    world: DEMO_WORLD,
    key: settings.rsaKeyFile,
    token: settings.controlTokenFile,
  };
  const args = Object.entries(options).flatMap(([option, value]) => [`--${option}`, `${value}`]);
  return {
    name: "telegram",
    command: process.execPath,
    args: ["packages/telegram-emulator/src/main.ts", "--quiet", ...args],
    env: given([], settings.appEnvironment),
    healthUrl: `http://127.0.0.1:${EMULATOR_CONTROL_PORT}/health`,
  };
}

export function engine(settings: Settings, databaseUrl: string, watch: boolean): App {
  return {
    name: "engine",
    command: process.execPath,
    args: [...(watch ? ["--watch", "--watch-preserve-output"] : []), "src/main.ts"],
    folder: "apps/engine",
    env: engineEnvironment(settings, databaseUrl),
    healthUrl: `${settings.engineUrl}/api/health`,
  };
}

export type Login = { label: string; email: string; password: string };

/** @param logins shown on the sign-in page */
export function web(settings: Settings, logins: readonly Login[], watch: boolean): App {
  const next = createRequire(`${ROOT}/apps/web/package.json`).resolve("next/dist/bin/next");
  const { WEB_HOST, WEB_PORT, appEnvironment } = settings;
  const address = ["--hostname", WEB_HOST, "--port", `${WEB_PORT}`];
  const told = { ...appEnvironment, DEMO_LOGINS: JSON.stringify(logins) };
  return {
    name: "web",
    command: process.execPath,
    args: [next, watch ? "dev" : "start", ...address],
    folder: "apps/web",
    env: given(WEB_VARIABLES, told),
    healthUrl: `${settings.pagesUrl}/api/health`,
  };
}

/** Fills the demo's database with its users and sessions, once; prints the logins, as JSON. */
export function demoSeed(settings: Settings, databaseUrl: string): Command {
  const env = engineEnvironment(settings, databaseUrl);
  return { name: "Filling the demo", command: process.execPath, args: ["src/main.ts"], folder: "apps/demo", env };
}
