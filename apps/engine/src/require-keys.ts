import { type Dependencies, type MissingKey, missingKeys } from "@herald/core";
import type { Environment } from "./env.ts";

/**
 * Refuses to go on with keys that do not open what is stored: whoever posted with half of the accounts, or sealed new ones with
 * a key that nobody meant, would find out too late.
 * @throws Error with how many things do not open, and what to do
 */
export async function requireKeys(
  dependencies: Pick<Dependencies, "store" | "sessionFiles">,
  { SESSION_KEYS_LOST, DEMO }: Pick<Environment, "SESSION_KEYS_LOST" | "DEMO">,
): Promise<void> {
  const missing = (await missingKeys(dependencies)).filter(({ keyId }) => !SESSION_KEYS_LOST.includes(keyId));
  if (missing.length === 0) return;
  const lost = [...SESSION_KEYS_LOST, ...missing.map(({ keyId }) => keyId)].join(",");
  const lines = [
    "SESSION_KEY does not open all that is stored, so nothing was started and nothing was changed.",
    ...missing.map(
      (key) => `  ${countsOf(key)} sealed with ${nameOf(key)}, which is neither SESSION_KEY nor in SESSION_KEYS_OLD.`,
    ),
    "Put that key into SESSION_KEY, or, where the key was changed since, into SESSION_KEYS_OLD (docs/operating.md).",
    `If it is lost for good: SESSION_KEYS_LOST=${lost} starts without; remove those accounts and API pairs then, add them anew, and reset two-step sign-ins.`,
    ...(DEMO
      ? ["The demo can as well begin anew: remove the folder that its PostgreSQL lies in (docs/operating.md)."]
      : []),
  ];
  throw new Error(lines.join("\n"));
}

const countsOf = ({ sealed }: MissingKey): string =>
  Object.entries(sealed)
    .map(([what, count]) => `${count} ${what}${count === 1 ? "" : "s"}`)
    .join(" and ");

const nameOf = ({ keyId }: MissingKey): string =>
  keyId === "unnamed" ? "a key from before keys had ids" : `the key ${keyId}`;
