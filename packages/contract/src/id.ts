import { z } from "zod";

const ID_RULE = "This is not the id of anything.";

/** The id of a row, in an input. Whether there is such a row the engine says, with `not_found`. */
export const RowId = z
  .string()
  .max(64, { error: ID_RULE, abort: true })
  .regex(/^[\w-]+$/, ID_RULE);

/** Where a page or a stream takes up: the number of a row of those that are only ever added. It fits a bigint. */
export const serialNumber = (rule: string) => z.string().max(18, { error: rule, abort: true }).regex(/^\d+$/, rule);
