import type { ErrorCode, ErrorDto } from "@herald/contract";

/**
 * A refusal with a reason that a person can act on. Anything else that is thrown is a fault of ours, and answered as `internal`. One
 * that has a `cause` is a fault of ours as well: what was refused should not have come so far.
 */
export class HeraldError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly details: NonNullable<ErrorDto["details"]> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    more: { field?: string; details?: NonNullable<ErrorDto["details"]>; cause?: unknown } = {},
  ) {
    super(message, "cause" in more ? { cause: more.cause } : undefined);
    this.name = "HeraldError";
    this.code = code;
    this.field = more.field;
    this.details = more.details;
  }
}

/** Whether what was thrown is this refusal. */
export const isRefusal = (error: unknown, code: ErrorCode): error is HeraldError =>
  error instanceof HeraldError && error.code === code;
