import { type ErrorDto, errorStatus } from "@herald/contract";
import { HeraldError } from "@herald/core";
import { ZodError } from "zod";

/**
 * What a caller may see of anything that was thrown. Input that does not fit is `invalid_input` with the path of its first
 * fault; a HeraldError is itself; all else is `internal`, with nothing of its message.
 */
export function toErrorDto(error: unknown): ErrorDto {
  if (error instanceof HeraldError)
    return {
      code: error.code,
      message: error.message,
      ...(error.field === undefined ? {} : { field: error.field }),
      ...(error.details === undefined ? {} : { details: error.details }),
    };
  if (error instanceof ZodError) {
    const issue = error.issues[0];
    const field = issue?.path.join(".");
    return {
      code: "invalid_input",
      message: issue?.message ?? "This input does not fit.",
      ...(field ? { field } : {}),
    };
  }
  return {
    code: "internal",
    message: "Something failed on our side. Nothing was changed; try again, and tell the admin if it stays.",
  };
}

/** A refusal that is known in these words already. */
export const refused = ({ code, message }: ErrorDto): HeraldError => new HeraldError(code, message);

/** The HTTP status of an error, the same in tRPC and REST. */
export const statusOf = (error: ErrorDto): number => errorStatus[error.code];
