/**
 * Whether a request says that its body is at most so large. One that does not say (chunked) is not let in: browsers always do,
 * and node lets no more come than was said.
 * @param most bytes
 */
export function isBodyWithin(headers: Headers, most: number): boolean {
  if (headers.has("transfer-encoding")) return false;
  return Number(headers.get("content-length") ?? 0) <= most;
}
