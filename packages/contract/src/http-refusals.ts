// What a request is refused with before anything looks at what it asks for, by engine and pages alike.
import type { ErrorDto } from "./errors.ts";
import { MAX_CALLS_PER_REQUEST, MAX_JSON_DEPTH } from "./http-limits.ts";

const size = (bytes: number) => (bytes < 1024 * 1024 ? `${bytes / 1024} KiB` : `${bytes / 1024 / 1024} MiB`);

export const unreadable: ErrorDto = {
  code: "invalid_input",
  message:
    `This request cannot be read, and nothing was done. Send JSON that is nested at most ${MAX_JSON_DEPTH} deep; ` +
    `in one request at most ${MAX_CALLS_PER_REQUEST} calls.`,
};

export const tooSlow: ErrorDto = {
  code: "too_slow",
  message: "This request took too long to arrive, and nothing was done. Send it again over a better connection.",
};

/** @param most bytes that are taken there */
export const tooLarge = (most: number): ErrorDto => ({
  code: "too_large",
  message: `This is larger than ${size(most)}, which is the most that is taken here. Nothing was done.`,
});

/** @param wanted the content type that is taken there */
export const wrongContentType = (wanted: string): ErrorDto => ({
  code: "unsupported_media_type",
  message: `This is read only with the header “Content-Type: ${wanted}”. Nothing was done.`,
});
