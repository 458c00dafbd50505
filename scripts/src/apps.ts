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

/** Telegram on loopback, for the demo; it writes its public key to a file for the engines. */
export function emulator(settings: Settings): App {
  const { EMULATOR_PORT, EMULATOR_CONTROL_PORT } = settings;
  const options = { port: EMULATOR_PORT, control: EMULATOR_CONTROL_PORT, world: DEMO_WORLD, key: settings.rsaKeyFile };
  const args = Object.entries(options).flatMap(([option, value]) => [`--${option}`, `${value}`]);
  return {
    name: "telegram",
    command: process.execPath,
    args: ["packages/telegram-emulator/src/main.ts", "--quiet", ...args],
    healthUrl: `http://127.0.0.1:${EMULATOR_CONTROL_PORT}/dc`,
  };
}

export function engine(settings: Settings, env: NodeJS.ProcessEnv, watch: boolean): App {
  return {
    name: "engine",
    command: process.execPath,
    args: [...(watch ? ["--watch", "--watch-preserve-output"] : []), "src/main.ts"],
    folder: "apps/engine",
    env,
    healthUrl: `${settings.engineUrl}/api/health`,
  };
}

export function web(settings: Settings, env: NodeJS.ProcessEnv, watch: boolean): App {
  const next = createRequire(`${ROOT}/apps/web/package.json`).resolve("next/dist/bin/next");
  const address = ["--hostname", settings.WEB_HOST, "--port", `${settings.WEB_PORT}`];
  return {
    name: "web",
    command: process.execPath,
    args: [next, watch ? "dev" : "start", ...address],
    folder: "apps/web",
    env,
    healthUrl: `${settings.pagesUrl}/api/health`,
  };
}

/** Fills the demo's database with its users and sessions, once; prints the logins, as JSON. */
export function demoSeed(env: NodeJS.ProcessEnv): Command {
  return { name: "Filling the demo", command: process.execPath, args: ["src/main.ts"], folder: "apps/demo", env };
}
