import { expect, test } from "vitest";
import { createLog } from "./log.ts";

test("an entry is one line that no terminal obeys, and says what was meant", () => {
  const lines: string[] = [];
  const log = createLog({ LOG_LEVEL: "info", ENGINE_ID: "one" }, { write: (line) => void lines.push(line) });
  const name = 'A\n{"level":60,"msg":"forged"}\u001b[2J\u009b2J\u2028\u202e"\\';
  log.child({ name }).error({ err: new Error(name) }, name);
  const [line = "", ...more] = lines;
  expect(more).toEqual([]);
  expect(line).toMatch(/^[^\p{Cc}\p{Zl}\p{Bidi_Control}]+\n$/u);
  expect(JSON.parse(line)).toMatchObject({ level: 50, engine: "one", name, msg: name, err: { message: name } });
});
