#!/usr/bin/env -S node --max-semi-space-size=8
// The flag, in MB: V8 lets young garbage grow to many times this before it looks, a quarter of the memory of a server with
// thousands of clients, for no less CPU.
import { rmSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { startEmulator } from "./start.ts";
import { readSchemaFile } from "./tl/schemas.ts";
import { readWorldFile } from "./world/read-file.ts";
import { World } from "./world/world.ts";

const USAGE = `telegram-emulator [options]
  --port P        port of MTProto on 127.0.0.1 (default: a free one)
  --control C     port of the HTTP control interface (default: a free one)
  --world FILE    accounts and chats, in YAML or JSON (default: an empty world)
  --schema FILE   TL schema of one more API layer, with a line "// LAYER n"; may be repeated
  --seed N        seed of auth keys and of fault probabilities (default: 1)
  --key FILE      writes the server's RSA public key there (PEM)
  --token FILE    writes the token of the control interface there, for your eyes alone (default: prints it)
  --dc ID:PORT    one more data centre; may be repeated
  --quiet         no log of connections`;

/** @throws Error on an option that is no whole number */
function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} needs a whole number, not ${text}`);
  return value;
}

function dcOf(text: string): { id: number; port: number } {
  const [id, port] = text.split(":");
  return { id: wholeNumber("dc", id, 0), port: wholeNumber("dc", port, 0) };
}

/** Anew: a mode is that of a file's making. */
function writePrivate(file: string, text: string): void {
  rmSync(file, { force: true });
  writeFileSync(file, `${text}\n`, { mode: 0o600, flag: "wx" });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    // pnpm passes its own "--" on.
    args: process.argv.slice(2).filter((argument) => argument !== "--"),
    options: {
      port: { type: "string" },
      control: { type: "string" },
      world: { type: "string" },
      schema: { type: "string", multiple: true },
      seed: { type: "string" },
      key: { type: "string" },
      token: { type: "string" },
      dc: { type: "string", multiple: true },
      quiet: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const seed = wholeNumber("seed", values.seed, 1);
  const emulator = await startEmulator({
    port: wholeNumber("port", values.port, 0),
    controlPort: wholeNumber("control", values.control, 0),
    world: values.world ? readWorldFile(values.world, { seed }) : new World({ seed }),
    seed,
    schemas: (values.schema ?? []).map(readSchemaFile),
    moreDcs: (values.dc ?? []).map(dcOf),
    ...(!values.quiet && { log: (line: string) => console.error(line) }),
  });
  if (values.key) writeFileSync(values.key, emulator.rsaPublicKeyPem);
  if (values.token) writePrivate(values.token, emulator.controlToken);
  console.log(`TELEGRAM_DC=${emulator.dc}`);
  if (values.key) console.log(`TELEGRAM_RSA_PUBLIC_KEY=${values.key}`);
  console.log(`control: ${emulator.controlUrl}`);
  if (!values.token) console.log(`CONTROL_TOKEN=${emulator.controlToken}`);
  const stop = () => void emulator.stop().then(() => process.exit(0));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  console.error(`\n${USAGE}`);
  process.exitCode = 1;
});
