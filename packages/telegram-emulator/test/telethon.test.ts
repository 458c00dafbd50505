import { test } from "vitest";
import { pythonWithTelethon, telethon } from "./clients/telethon.ts";
import { conformance } from "./conformance.ts";
import { env } from "./env.ts";

const python = pythonWithTelethon();
if (python && env.schema !== undefined) conformance(telethon(python), 144);
else {
  const reason = python
    ? "TELEGRAM_EMULATOR_SCHEMA names no schema of layer 144"
    : "no Python with Telethon is installed";
  test(`left out: ${reason}`, () => console.log(`The Telethon run is left out: ${reason}.`));
}
