import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { oneLine } from "@herald/host";
import { ROOT } from "./root.ts";

/** How long a process may take to end by itself, in milliseconds, before it is killed. */
const STOP_TIMEOUT_MS = 10_000;

export type Command = {
  /** stands before each line that it prints */
  name: string;
  command: string;
  args: string[];
  /** relative to the repository @default "." */
  folder?: string;
  /** all that it is given @default what we have ourselves */
  env?: NodeJS.ProcessEnv;
};

export type Running = {
  name: string;
  /** why it ended: "exit code 1", "SIGKILL" */
  ended: Promise<string>;
  /** Ends it and all that it started; resolves when it is gone. */
  stop(): Promise<void>;
};

/** Starts a process that stays, its output prefixed by its name. */
export function start({ name, command, args, folder = ".", env }: Command): Running {
  const child = spawnGroup(command, args, folder, env);
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on("line", (line) => console.log(`${name.padEnd(8)} │ ${oneLine(line)}`));
  }
  const ended = endOf(child);
  return { name, ended, stop: () => stopGroup(child, ended) };
}

/**
 * Runs a command to its end, silently.
 * @throws Error with its output when it fails; the signal's reason when that comes first
 */
export async function run({ name, command, args, folder = ".", env }: Command, signal?: AbortSignal): Promise<string> {
  signal?.throwIfAborted();
  const child = spawnGroup(command, args, folder, env);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text) => (output += text));
  const ended = endOf(child);
  const abort = () => void stopGroup(child, ended);
  signal?.addEventListener("abort", abort);
  const reason = await ended;
  signal?.removeEventListener("abort", abort);
  signal?.throwIfAborted();
  if (child.exitCode !== 0)
    throw new Error(`${name} failed (${reason}):\n${output.split("\n").map(oneLine).join("\n")}`);
  return output;
}

/**
 * In a process group of its own: Ctrl-C in the terminal reaches the launcher alone, which then ends the others in order.
 */
function spawnGroup(command: string, args: string[], folder: string, env = process.env): ChildProcess {
  return spawn(command, args, {
    cwd: `${ROOT}/${folder}`,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

async function stopGroup(child: ChildProcess, ended: Promise<string>): Promise<void> {
  const signalGroup = (signal: NodeJS.Signals) => {
    try {
      if (child.pid) process.kill(-child.pid, signal);
    } catch {
      // the whole group is gone
    }
  };
  signalGroup("SIGTERM");
  const deadline = setTimeout(() => signalGroup("SIGKILL"), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(deadline);
  signalGroup("SIGKILL"); // what it left behind
}
