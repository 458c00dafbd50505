import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import type { Fault } from "./fault.ts";
import { forOthers, isForOthers } from "./private-files.ts";

/** The variables that are secret. Each may be given as X, or as X_FILE: a file whose content, trimmed, is X. */
export const SECRET_VARIABLES = [
  "DATABASE_URL",
  "ENGINE_JWT_SECRET",
  "NEXTAUTH_SECRET",
  "SESSION_KEY",
  "SESSION_KEYS_OLD",
] as const;

export interface Taken {
  /** without the variables that are empty, and each secret under its own name, wherever it came from */
  given: Record<string, string>;
  faults: Fault[];
}

/**
 * What a program is told from outside, by variables and by the files that they name.
 *
 * @param options.isDemo whose files may be read by others
 */
export function takeSecrets(environment: NodeJS.ProcessEnv, { isDemo }: { isDemo: boolean }): Taken {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) if (value) given[name] = value;
  const faults: Fault[] = [];
  for (const name of SECRET_VARIABLES) {
    const path = given[`${name}_FILE`];
    delete given[`${name}_FILE`];
    if (path === undefined) continue;
    const read =
      name in given ? { fault: `is given twice, here and by ${name}_FILE: keep one` } : readSecret(name, path, isDemo);
    if ("fault" in read) faults.push({ about: name, message: read.fault });
    else given[name] = read.secret;
  }
  return { given, faults };
}

/** Of a path that leads nowhere nothing is said but that: it may be the secret itself, in the wrong variable. */
function readSecret(name: string, path: string, isDemo: boolean): { secret: string } | { fault: string } {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    if (!isDemo && isForOthers(fstatSync(file).mode)) return { fault: `is in a file that ${forOthers(path)}` };
    const secret = readFileSync(file, "utf8").trim();
    return secret === "" ? { fault: `is in a file, by ${name}_FILE, that is empty` } : { secret };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "?";
    return { fault: `cannot be read from the file that ${name}_FILE names (${code})` };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
