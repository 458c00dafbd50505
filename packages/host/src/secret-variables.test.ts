import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SECRET_VARIABLES, takeSecrets } from "./secret-variables.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "herald-host-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}
const real = { isDemo: false };

test("each secret may come by a file, whose content is trimmed; what is empty is not given", () => {
  const byFile = SECRET_VARIABLES.map((name) => [`${name}_FILE`, file(name, `\n  ${name} of a file \r\n`)]);
  const empty = Object.fromEntries(SECRET_VARIABLES.map((name) => [name, ""]));
  const { given, faults } = takeSecrets(
    { ...empty, ...Object.fromEntries(byFile), WEB_PORT: "1", LOG_LEVEL: "" },
    real,
  );
  expect(faults).toEqual([]);
  expect(given).toEqual({
    WEB_PORT: "1",
    ...Object.fromEntries(SECRET_VARIABLES.map((name) => [name, `${name} of a file`])),
  });
  expect(takeSecrets({ SESSION_KEY: " as it stands ", SESSION_KEY_FILE: "" }, real)).toEqual({
    given: { SESSION_KEY: " as it stands " },
    faults: [],
  });
});

test("a secret that is given twice is refused, whatever the two say, in the demo too", () => {
  const SESSION_KEY_FILE = file("twice", "the-secret");
  for (const isDemo of [true, false]) {
    const { faults } = takeSecrets({ SESSION_KEY: "the-secret", SESSION_KEY_FILE }, { isDemo });
    expect(faults).toEqual([
      { about: "SESSION_KEY", message: "is given twice, here and by SESSION_KEY_FILE: keep one" },
    ]);
  }
});

test.each([0o640, 0o604, 0o620, 0o601])("a file of mode %o is refused outside the demo, with what mends it", (mode) => {
  const path = file("open", "the-secret", mode);
  const { given, faults } = takeSecrets({ NEXTAUTH_SECRET_FILE: path }, real);
  expect(given).toEqual({});
  expect(faults).toEqual([
    {
      about: "NEXTAUTH_SECRET",
      message: `is in a file that can be read by others on this machine: chmod 600 ${path}`,
    },
  ]);
  expect(takeSecrets({ NEXTAUTH_SECRET_FILE: path }, { isDemo: true }).given).toEqual({
    NEXTAUTH_SECRET: "the-secret",
  });
});

test("it is the file at the end of a link that counts", () => {
  const path = join(folder, "link");
  symlinkSync(file("behind", "the-secret", 0o400), path);
  expect(takeSecrets({ SESSION_KEY_FILE: path }, real).given).toEqual({ SESSION_KEY: "the-secret" });
});

test("what cannot be read is told without the path: it may be the secret itself, in the wrong variable", () => {
  mkdirSync(join(folder, "a folder"), { mode: 0o700 });
  const faultOf = (SESSION_KEY_FILE: string) => takeSecrets({ SESSION_KEY_FILE }, real).faults;
  const cannot = (code: string) => [
    { about: "SESSION_KEY", message: `cannot be read from the file that SESSION_KEY_FILE names (${code})` },
  ];
  expect(faultOf("q83vMDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg=")).toEqual(cannot("ENOENT"));
  expect(faultOf(join(folder, "a folder"))).toEqual(cannot("EISDIR"));
  expect(faultOf(file("empty", " \n"))).toEqual([
    { about: "SESSION_KEY", message: "is in a file, by SESSION_KEY_FILE, that is empty" },
  ]);
});
