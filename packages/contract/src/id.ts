import { z } from "zod";

/** The id of a row, in an input. Whether there is such a row the engine says, with `not_found`. */
export const RowId = z.string().max(64);
