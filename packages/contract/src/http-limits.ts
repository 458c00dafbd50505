// What a request may weigh, for engine and pages alike.

/** Largest body of a request, in bytes. */
export const MAX_BODY_BYTES = 64 * 1024;
/** Largest body of a call that names groups by the thousand, in bytes. */
export const MAX_LIST_BODY_BYTES = 256 * 1024;
/** The calls that may be so large. */
export const LIST_PROCEDURES = ["groups.add", "groups.remove", "groups.reactivate"];

/** Most calls of procedures in one request. A dashboard needs four; each may answer with a megabyte. */
export const MAX_CALLS_PER_REQUEST = 10;
/** How deep JSON may be nested. No input of ours is deeper than four. */
export const MAX_JSON_DEPTH = 64;

/**
 * Largest body of a request to `/trpc/<path>`, in bytes.
 * @param path the procedure, or several with commas between them
 */
export const bodyLimitOf = (path: string): number =>
  LIST_PROCEDURES.includes(path) ? MAX_LIST_BODY_BYTES : MAX_BODY_BYTES;
