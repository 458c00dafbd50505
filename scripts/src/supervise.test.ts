import { afterEach, expect, test, vi } from "vitest";
import { freePort } from "./ports.ts";
import { nextPause, type Pauses, type Supervised, supervise } from "./supervise.ts";

/** Answers at `/`, and ends with exit code 3 when it is asked at `/end`. */
const PROGRAM = `
  require("node:http").createServer((request, response) => {
    response.end("ok");
    if (request.url === "/end") setImmediate(() => process.exit(3));
  }).listen(Number(process.env.PORT), "127.0.0.1", () => console.log("is up"));
`;

const supervised: Supervised[] = [];
afterEach(async () => {
  await Promise.all(supervised.splice(0).map((app) => app.stop()));
  vi.restoreAllMocks();
});

/** A supervised program, and what the console says of it. */
async function program(pauses: Pauses) {
  const printed: string[] = [];
  const lines = new EventTarget();
  vi.spyOn(console, "log").mockImplementation((line: string) => {
    printed.push(line);
    lines.dispatchEvent(new Event("line"));
  });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const command = { command: process.execPath, args: ["-e", PROGRAM], env: { PORT: `${port}` } };
  const app = await supervise({ name: "program", ...command, healthUrl: url }, new AbortController().signal, pauses);
  supervised.push(app);
  const said = async (text: string, times: number) => {
    while (printed.filter((line) => line.includes(text)).length < times)
      await new Promise((resolve) => lines.addEventListener("line", resolve, { once: true }));
  };
  return { app, printed, said, end: () => fetch(`${url}end`).then((response) => response.text()) };
}

test("a program that ends again and again is started each time, after a pause that grows", async () => {
  const { printed, said, end } = await program({ first: 1, longest: 4, forgottenAfter: 60_000 });
  for (let times = 1; times <= 5; times++) {
    await said("is up", times);
    await end();
  }
  await said("is up", 6);

  expect(printed.filter((line) => line.startsWith("program ended"))).toEqual(
    ["0.001", "0.002", "0.004", "0.004", "0.004"].map(
      (pause) => `program ended (exit code 3); it is started again in ${pause} s, and the rest goes on.`,
    ),
  );
});

test("a program that refuses to start is not started again: who starts it hears so", async () => {
  const printed: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void printed.push(line));
  const refuses = { command: process.execPath, args: ["-e", "console.error('Mend this'); process.exit(1)"] };
  const healthUrl = `http://127.0.0.1:${await freePort()}/`;
  const starting = supervise({ name: "program", ...refuses, healthUrl }, new AbortController().signal);
  await expect(starting).rejects.toThrow("program ended while it started (exit code 1); its last lines stand above.");
  expect(printed).toEqual(["program  │ Mend this"]);
});

test("a stop ends the pause, and what was down stays down", async () => {
  const { app, printed, said, end } = await program({ first: 600_000, longest: 600_000, forgottenAfter: 600_000 });
  await said("is up", 1);
  await end();
  await said("program ended", 1);
  await app.stop();

  await expect(end()).rejects.toThrow();
  expect(printed.filter((line) => line.includes("is up"))).toHaveLength(1);
});

test("pauses double from a second to half a minute, and are forgotten after a minute in which the program ran", () => {
  const pauses = [0, 0, 0, 0, 0, 0, 0].reduce<number[]>((all) => [...all, nextPause(all.at(-1) ?? 0, 59_999)], []);
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  expect(nextPause(30_000, 60_000)).toBe(1_000);
});
