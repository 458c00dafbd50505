import { HeraldError } from "@herald/core";

/** Node's names for a connection that fails, PostgreSQL's for a server that is not (or not yet) serving, Prisma's for both. */
const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ECONNABORTED",
  "ERR_STREAM_DESTROYED",
  "ERR_STREAM_WRITE_AFTER_END",
  "53300",
  "57P01",
  "57P02",
  "57P03",
  "P1001",
  "P1002",
  "P1008",
  "P1017",
  "P1018",
  "P2024",
  "P2028",
  "P2037",
]);
const CONNECTION_EXCEPTION = /^08/;
/** serialization_failure, deadlock_detected (Prisma's name for both) and a lock's timeout: the same may work when repeated. */
const CONFLICT = new Set(["40001", "40P01", "P2034", "55P03"]);
/**
 * A value that no column can hold: a text that cannot be stored (22021, 22P05), what is no id or number or time (22P02, 22007), a
 * number or a time out of range (22003, 22008); and Prisma's names for the same.
 */
const UNFIT = new Set(["22021", "22P05", "22P02", "22007", "22003", "22008", "P2007", "P2020", "P2023", "P2033"]);
/**
 * pg gives these without a code: two of them when the engine stops and has closed its own connections. The code of a Unix socket
 * that is not there is that of any file that is missing.
 */
const UNREACHABLE_MESSAGE =
  /connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|after calling end on the pool|connect ENOENT/i;

/** Every code on an error and on what caused it, wherever node, pg, Prisma or its adapter put it. */
function* codes(error: unknown): Generator<string> {
  if (typeof error !== "object" || error === null) return;
  const { code, originalCode, cause, meta, errors } = error as Record<string, unknown>;
  if (typeof code === "string") yield code;
  if (typeof originalCode === "string") yield originalCode;
  yield* codes(cause);
  yield* codes((meta as Record<string, unknown> | undefined)?.driverAdapterError);
  if (Array.isArray(errors)) for (const one of errors) yield* codes(one);
}

function saysUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return UNREACHABLE_MESSAGE.test(error.message) || saysUnreachable(error.cause);
}

/** True when PostgreSQL did not answer, and for nothing else that can go wrong. */
export const isUnreachable = (error: unknown): boolean =>
  [...codes(error)].some((code) => UNREACHABLE.has(code) || CONNECTION_EXCEPTION.test(code)) || saysUnreachable(error);

/** True when a value cannot be stored, whoever's it is. */
const isUnfit = (error: unknown): boolean => [...codes(error)].some((code) => UNFIT.has(code));

/** True when the transaction lost against another one and may be repeated as it is. */
export const isConflict = (error: unknown): boolean => [...codes(error)].some((code) => CONFLICT.has(code));

/** True when the rule `constraint` of the schema refused a write. Prisma gives its name in the message alone. */
export const isRefusedBy = (error: unknown, constraint: string): boolean =>
  error instanceof Error && error.message.includes(constraint);

/**
 * Runs `work`, with what PostgreSQL says in our words: one that does not answer is the HeraldError `database_unavailable`, and a
 * value that it cannot hold, which the edge should have refused, is `invalid_input` with a cause.
 */
export async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HeraldError) throw error;
    if (isUnreachable(error))
      throw new HeraldError("database_unavailable", "The database cannot be reached. Try again in a moment.");
    if (isUnfit(error))
      throw new HeraldError("invalid_input", "There is a value in it that cannot be stored. Nothing was changed.", {
        cause: error,
      });
    throw error;
  }
}
