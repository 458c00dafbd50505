import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import type { LaunchOptions } from "@playwright/test";

const INSTALLED = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/**
 * How to launch a Chromium: the one named in CHROMIUM, else the system's, else the one that npm brought, which needs
 * neither an installation nor root's rights.
 */
export async function browser(): Promise<LaunchOptions> {
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const found = process.env.CHROMIUM || INSTALLED.find((path) => existsSync(path));
  if (found) return { executablePath: found, args };
  if (process.platform !== "linux") return { args }; // Playwright's own download
  const { default: chromium } = await import("@sparticuz/chromium");
  const executablePath = await unpacked(() => chromium.executablePath());
  return { executablePath, args: ["--no-sandbox"], env: environmentFor(executablePath) };
}

/** The package unpacks into the temporary folder, where what another user has unpacked cannot be read. */
async function unpacked<T>(unpack: () => Promise<T>): Promise<T> {
  const { TMPDIR } = process.env;
  const folder = join(tmpdir(), `herald-browser-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true });
  process.env.TMPDIR = folder;
  try {
    return await unpack();
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}

/** A bare machine lacks a few libraries; the package has them in an archive. */
function environmentFor(executablePath: string): Record<string, string> {
  const env = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => !!entry[1]));
  if (!execFileSync("ldd", [executablePath], { encoding: "utf8" }).includes("not found")) return env;
  return { ...env, LD_LIBRARY_PATH: join(unpackedLibraries(), "lib") };
}

function unpackedLibraries(): string {
  const folder = join(tmpdir(), `herald-chromium-libraries-${process.getuid?.() ?? 0}`);
  if (existsSync(folder)) return folder;
  const entry = createRequire(import.meta.url).resolve("@sparticuz/chromium");
  const archive = readFileSync(join(dirname(entry), "../bin/al2023.tar.br"));
  const unpacking = mkdtempSync(`${folder}-`);
  writeFileSync(join(unpacking, "libraries.tar"), brotliDecompressSync(archive));
  execFileSync("tar", ["xf", "libraries.tar"], { cwd: unpacking });
  renameSync(unpacking, folder); // whole, or not there
  return folder;
}
