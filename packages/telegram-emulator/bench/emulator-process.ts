import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Emulator } from "../src/index.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** An emulator in a process of its own, so that its cost can be told from its clients'. */
export interface EmulatorProcess {
  readonly address: Pick<Emulator, "host" | "port" | "rsaPublicKeyPem" | "rsaFingerprint">;
  get<T>(path: string): Promise<T>;
  usage(): Promise<{ cpuSeconds: number; residentBytes: number }>;
  stop(): Promise<void>;
}

export async function startProcess(world: object): Promise<EmulatorProcess> {
  const file = join(tmpdir(), `emulator-bench-${process.pid}.json`);
  writeFileSync(file, JSON.stringify(world));
  // with the flag that its first line and its script have
  const args = ["--max-semi-space-size=8", MAIN, "--quiet", "--world", file];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface(child.stdout);
  const said = (beginning: string) =>
    new Promise<string>((resolve, reject) => {
      lines.on("line", (line) => line.startsWith(beginning) && resolve(line.slice(beginning.length)));
      child.once("exit", () => reject(new Error("the emulator ended before it was ready")));
    });
  const [url, token] = await Promise.all([said("control: "), said("CONTROL_TOKEN=")]);
  const headers = { authorization: `Bearer ${token}` };
  const get = async <T>(path: string) => (await (await fetch(url + path, { headers })).json()) as T;
  const dc = await get<{ dcs: [{ host: string; port: number }]; rsaPublicKeyPem: string; rsaFingerprint: string }>(
    "/dc",
  );
  const { rsaPublicKeyPem, rsaFingerprint } = dc;
  return {
    address: { ...dc.dcs[0], rsaPublicKeyPem, rsaFingerprint: BigInt(rsaFingerprint) },
    get,
    usage: () => get("/process"),
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      rmSync(file);
    },
  };
}
