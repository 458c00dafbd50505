import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "./ports.ts";
import { ROOT } from "./root.ts";

/** Settings for a Herald beside others: free ports, and a folder for its state and files. */
export async function settingsApart(): Promise<{
  folder: string;
  environment: Record<string, string>;
  remove(): void;
}> {
  const folder = mkdtempSync(join(tmpdir(), "herald-start-"));
  chmodSync(folder, 0o711); // root's PostgreSQL runs as another user
  const names = ["WEB_PORT", "ENGINE_PORT", "EMULATOR_PORT", "EMULATOR_CONTROL_PORT"];
  const ports = await Promise.all(names.map(async (name) => [name, `${await freePort()}`]));
  const folders = { STATE_DIR: folder, SESSIONS_DIR: join(folder, "sessions"), LOGS_DIR: join(folder, "logs") };
  return {
    folder,
    environment: { DEMO: "1", ...Object.fromEntries(ports), ...folders },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export type Launched = {
  /** what was printed so far, one line an entry */
  output: readonly string[];
  /** resolves with the exit code */
  ended: Promise<number | null>;
  /** Resolves when a line that begins so was printed. @throws Error with the output when it ends before that */
  printed(beginning: string): Promise<string>;
  signal(signal: NodeJS.Signals): void;
};

/** Runs what `npm start` runs. */
export function launch(environment: Record<string, string>): Launched {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, ["scripts/src/start.ts"], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  const lines = new EventTarget();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      output.push(line);
      lines.dispatchEvent(new Event("line"));
    });
  }
  const ended = once(child, "close").then(() => child.exitCode);
  const printed = async (beginning: string) => {
    let over = false;
    for (;;) {
      const line = output.find((line) => line.startsWith(beginning));
      if (line !== undefined) return line;
      if (over) throw new Error(`It never said "${beginning}":\n${output.join("\n")}`);
      const next = new Promise((resolve) => lines.addEventListener("line", resolve, { once: true }));
      await Promise.race([next, ended.then(() => (over = true))]);
    }
  };
  return { output, ended, printed, signal: (signal) => child.kill(signal) };
}
