import { told } from "@herald/contract";
import type { Refusal } from "@herald/core";
import {
  FloodTestPhoneWaitError,
  FloodWaitError,
  InvalidDCError,
  RPCError,
  SlowModeWaitError,
  UserMigrateError,
} from "telegram/errors/index.js";
import { type Asked, meaningOf } from "./error-table.ts";

/** Longest name that is kept: checks for humans (RECAPTCHA_CHECK_…) carry a key of any length. */
const CODE_LENGTH = 64;

/** The refusal for an RPC error's name. */
function refusalOf(name: string, asked: Asked): Refusal {
  return { ...meaningOf(name, asked), code: told(name).slice(0, CODE_LENGTH) };
}

/**
 * The refusal for whatever GramJS threw. Its wait errors all say "FLOOD" and its migrations a sentence, so the class and its
 * number tell them apart; what is no RPC error (a string, undefined, a broken answer) leaves open what Telegram did: `unknown`.
 */
export function refusalFrom(error: unknown, asked: Asked): Refusal {
  if (error instanceof SlowModeWaitError) return refusalOf(`SLOWMODE_WAIT_${error.seconds}`, asked);
  if (error instanceof FloodWaitError || error instanceof FloodTestPhoneWaitError)
    return refusalOf(`FLOOD_WAIT_${error.seconds}`, asked);
  if (error instanceof UserMigrateError) return refusalOf(`USER_MIGRATE_${error.newDc}`, asked);
  if (error instanceof InvalidDCError) return refusalOf("MIGRATE", asked);
  if (error instanceof RPCError && error.errorMessage !== "FLOOD") return refusalOf(error.errorMessage, asked);
  return { kind: "unknown", code: "NO_CLEAR_ANSWER" };
}
