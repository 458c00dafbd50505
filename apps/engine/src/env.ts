import { hostname } from "node:os";
import { BREAKER_SPAM_DEATHS, BREAKER_WINDOW_HOURS } from "@herald/core";
import { folderForOthers, refusal, takeSecrets, weakSecrets } from "@herald/host";
import { z } from "zod";

const key = z
  .string("is missing: 32 random bytes in base64 (openssl rand -base64 32)")
  .trim()
  .transform((text) => Buffer.from(text, "base64"))
  .refine((bytes) => bytes.length === 32, "is not 32 bytes in base64 (openssl rand -base64 32)");

/** Everything the engine is told from outside; `.env.example` explains each. */
const Environment = z.object({
  /** 1: the demo, whose secrets and files may be known to others */
  DEMO: z
    .enum(["0", "1"], "is 1 for the demo, 0 for real Telegram")
    .default("0")
    .transform((value) => value === "1"),
  ENGINE_ID: z
    .string()
    .regex(/^[\w.-]{1,60}$/, "has letters, digits, dots and dashes only")
    .default(hostname()),
  ENGINE_HOST: z.string().default("127.0.0.1"),
  ENGINE_PORT: z.coerce.number().int().min(0).max(65535).default(4000),
  DATABASE_URL: z.string("is missing: postgresql://user:password@host:port/database"),
  ENGINE_JWT_SECRET: z
    .string("is missing: at least 32 random characters, the same as for the pages")
    .min(32, "has less than 32 characters")
    .transform((text) => new TextEncoder().encode(text)),
  SESSION_KEY: key,
  /** open what they sealed, and seal nothing */
  SESSION_KEYS_OLD: z
    .string()
    .default("")
    .transform((text) => text.split(",").filter((part) => part.trim() !== ""))
    .pipe(z.array(key)),
  /** ids of keys that are lost for good: what they sealed keeps no engine from starting */
  SESSION_KEYS_LOST: z
    .string()
    .default("")
    .transform((text) => text.split(",").map((part) => part.trim()))
    .transform((ids) => ids.filter((id) => id !== "")),
  SESSIONS_DIR: z.string().default("sessions"),
  SESSION_STORE: z.enum(["folder", "database"], "is folder or database").default("folder"),
  LOGS_DIR: z.string().default("logs"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error"]).default("info"),
  TELEGRAM_DC: z.string().optional(),
  /** a PEM file */
  TELEGRAM_RSA_PUBLIC_KEY: z.string().optional(),
  DEFAULT_COOLDOWN_SECONDS: z.coerce.number().int().min(0).default(60),
  BREAKER_LIMIT: z.coerce.number().int().min(1).default(BREAKER_SPAM_DEATHS),
  BREAKER_WINDOW_HOURS: z.coerce.number().min(1).default(BREAKER_WINDOW_HOURS),
  RETENTION_DAYS: z.coerce.number().int().min(1).default(90),
});
export type Environment = z.infer<typeof Environment>;

/**
 * Secrets may come by files (`SESSION_KEY_FILE`). Outside the demo those that can be guessed are refused, and files that others
 * can read.
 * @throws Error naming each variable and file that is wrong, without its content
 */
export function readEnvironment(environment: NodeJS.ProcessEnv = process.env): Environment {
  const isDemo = environment.DEMO === "1";
  const { given, faults } = takeSecrets(environment, { isDemo });
  const { data, error } = Environment.safeParse(given);
  for (const { path, message } of error?.issues ?? []) faults.push({ about: path.join("."), message });
  if (!isDemo) faults.push(...weakSecrets(given));
  if (!isDemo && data?.SESSION_STORE === "folder") faults.push(...folderForOthers(data.SESSIONS_DIR, ".session"));
  if (data === undefined || faults.length > 0) throw refusal("The engine", faults);
  return data;
}
