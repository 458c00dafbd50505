import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { launch, settingsApart } from "@herald/scripts/launch";
import { expect, test } from "@playwright/test";

test("one command brings Herald up, a second one says so, and a signal leaves nothing behind", async ({ page }) => {
  const { folder, environment, remove } = await settingsApart();
  const postgres = join(folder, "postgresql/data/postmaster.pid");
  const herald = launch(environment);
  try {
    expect(await herald.printed("Herald is ready")).toBe(`Herald is ready: http://localhost:${environment.WEB_PORT}`);
    await page.goto(`http://localhost:${environment.WEB_PORT}`);
    await expect(page).toHaveTitle(/Herald/);
    expect(existsSync(postgres)).toBe(true);

    const second = launch(environment);
    expect(await second.ended).toBe(1);
    expect(second.output.join("\n")).toContain(
      `Herald is already running here: http://localhost:${environment.WEB_PORT}`,
    );
    herald.signal("SIGINT");
    expect(await herald.ended).toBe(0);
    expect(existsSync(postgres)).toBe(false);
  } finally {
    herald.signal("SIGINT");
    await herald.ended;
    remove();
  }
  for (const name of ["WEB_PORT", "ENGINE_PORT", "EMULATOR_PORT", "EMULATOR_CONTROL_PORT"]) {
    await expect(fetch(`http://127.0.0.1:${environment[name]}`), name).rejects.toThrow();
  }
});

test("a port in use is named, with the variable to set, before anything is started", async () => {
  const { environment, remove } = await settingsApart();
  const other = createServer().listen(Number(environment.WEB_PORT), "127.0.0.1");
  await once(other, "listening");
  try {
    const herald = launch(environment);
    expect(await herald.ended).toBe(1);
    expect(herald.output.join("\n")).toContain(`Port ${environment.WEB_PORT} is in use`);
    expect(herald.output.join("\n")).toContain("set WEB_PORT");
    expect(herald.output.join("\n")).not.toContain("PostgreSQL");
  } finally {
    other.close();
    remove();
  }
});
