// Types commands as a reader of the documents would, in a shell that knows nothing of pnpm or of a tests' runner.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter } from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "./root.ts";

/** What pnpm, vitest and a `.env` put into the environment of who runs the tests. */
const NOT_A_READERS =
  /^(npm_(?!config_)|pnpm_|PNPM_|VITEST|NODE_ENV$|NODE_PATH$|NODE_OPTIONS$|INIT_CWD$|TEST|FORCE_COLOR$)/;

export type Typed = {
  /** what was printed so far, on either stream, one line an entry */
  output: readonly string[];
  /** resolves when it and all that writes to its streams have ended, with the exit code */
  ended: Promise<number | null>;
  /** Resolves when a line was printed that has this text. @throws Error with the output when it ends before that */
  printed(text: string): Promise<string>;
  /** Ctrl-C, which reaches all that runs in the foreground. */
  interrupt(): void;
  /** Interrupts it, unless it has ended, and waits for its end. */
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * @param where.folder @default the repository
 * @param where.input typed after the command, to its end
 */
export function typeIn(
  command: string,
  where: { folder?: string; environment?: Record<string, string>; input?: string } = {},
): Typed {
  const own = Object.entries(process.env).filter(([name]) => !NOT_A_READERS.test(name));
  const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  // In a group of its own, as a shell gives it to what runs in the foreground.
  const child = spawn("sh", ["-c", command], {
    cwd: where.folder ?? ROOT,
    env: { ...Object.fromEntries(own), PATH: path.join(delimiter), ...where.environment },
    detached: true,
  });
  child.stdin.on("error", () => {}).end(where.input ?? "");
  const output: string[] = [];
  const lines = new EventTarget();
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on("line", (line) => {
      output.push(line);
      lines.dispatchEvent(new Event("line"));
    });
  let over = false;
  const interrupt = () => {
    if (!over && child.pid !== undefined) process.kill(-child.pid, "SIGINT");
  };
  process.once("exit", interrupt); // a test that took too long leaves nothing behind
  const ended = once(child, "close").then(() => {
    over = true;
    process.off("exit", interrupt);
    return child.exitCode;
  });
  return {
    output,
    ended,
    interrupt,
    async printed(text) {
      for (;;) {
        const line = output.find((line) => line.includes(text));
        if (line !== undefined) return line;
        if (over) throw new Error(`\`${command}\` never said "${text}":\n${output.join("\n")}`);
        await Promise.race([new Promise((next) => lines.addEventListener("line", next, { once: true })), ended]);
      }
    },
    async [Symbol.asyncDispose]() {
      interrupt();
      await ended;
    },
  };
}

/** Types a command that ends by itself. @returns its exit code, and all that it printed */
export async function type(...command: Parameters<typeof typeIn>): Promise<{ code: number | null; said: string }> {
  const typed = typeIn(...command);
  const code = await typed.ended;
  return { code, said: typed.output.join("\n") };
}
