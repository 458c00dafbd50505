import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Journal } from "./journal.ts";

/** An engine that could not boot (PostgreSQL is away) is started again after this. Milliseconds. */
const BOOT_PAUSE_MS = 500;
/** An engine that has not ended so long after SIGTERM hangs. Milliseconds. */
const STOP_TIMEOUT_MS = 30_000;

type State = "down" | "booting" | "up" | "paused" | "stopping";

/** One engine, in a process of its own that is killed, paused and started again. */
export class EngineProcess {
  readonly id: string;
  readonly #program: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #journal: Journal;
  #child: ChildProcess | undefined;
  #url: string | undefined;
  #state: State = "down";
  #isOver = false;
  /** ends that nobody asked for, after it had booted; and stops that took too long */
  readonly misbehaviour: string[] = [];

  /** @param program path of what the process runs */
  constructor(id: string, program: string, environment: NodeJS.ProcessEnv, journal: Journal) {
    this.id = id;
    this.#program = program;
    this.#environment = environment;
    this.#journal = journal;
  }

  /** Its address while it works; null while it is down, boots, is paused or stops. */
  get url(): string | null {
    return this.#state === "up" ? (this.#url ?? null) : null;
  }

  get isPaused(): boolean {
    return this.#state === "paused";
  }

  /** Starts it, again and again until it listens. */
  async start(): Promise<void> {
    while (!this.#isOver && this.#state !== "up") {
      await this.#boot();
      if (this.#state === "down") await sleep(BOOT_PAUSE_MS);
    }
  }

  /** SIGKILL. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#state = "stopping";
    await this.#end("SIGKILL");
  }

  /** SIGTERM. Resolves when it is gone. */
  async terminate(): Promise<void> {
    this.#state = "stopping";
    const late = setTimeout(() => {
      this.misbehaviour.push(`did not end within ${STOP_TIMEOUT_MS / 1000} s of SIGTERM`);
      this.#child?.kill("SIGKILL");
    }, STOP_TIMEOUT_MS);
    await this.#end("SIGTERM");
    clearTimeout(late);
  }

  pause(): void {
    this.#state = "paused";
    this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    if (this.#state !== "paused") return;
    this.#child?.kill("SIGCONT");
    this.#state = "up";
  }

  /** Ends it for good, in whatever state it is. */
  async dispose(): Promise<void> {
    this.#isOver = true;
    await this.kill();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const gone = once(child, "close");
    child.kill(signal);
    await gone;
  }

  async #boot(): Promise<void> {
    this.#state = "booting";
    this.#url = undefined;
    // in a group of its own: Ctrl-C reaches the tool alone, which then ends the engines
    const child = spawn(process.execPath, [this.#program], {
      env: { ...this.#environment, ENGINE_ID: this.id },
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    this.#child = child;
    const { promise: booted, resolve } = Promise.withResolvers<void>();
    if (child.stderr)
      createInterface({ input: child.stderr }).on("line", (line) => {
        this.#journal.line(this.id, line);
        const url = /the engine listens on (http:\/\/[\w.:]+)/.exec(line)?.[1];
        if (url === undefined || this.#state !== "booting") return;
        this.#url = url;
        this.#state = "up";
        resolve();
      });
    child.once("close", (code, signal) => {
      if (this.#state === "up" || this.#state === "paused") {
        this.misbehaviour.push(`ended by itself (${signal ?? `exit code ${code}`})`);
        this.#journal.note(`${this.id} ended by itself (${signal ?? code})`, { engineId: this.id });
        void this.#again();
      }
      this.#state = "down";
      this.#child = undefined;
      resolve();
    });
    await booted;
  }

  /** After an end of its own: as a supervisor would. */
  async #again(): Promise<void> {
    await sleep(BOOT_PAUSE_MS);
    await this.start();
  }
}
