/**
 * Where a link that came from outside may lead: a path of ours with its query, or null for all else. The target is read as
 * browsers read it (they drop tabs and line breaks, and take a backslash for a slash), and what is left is put together anew
 * from path and query alone, so that nothing of another origin survives.
 *
 * @param origin ours, for targets that name it. @default none does
 */
export function ownTarget(target: unknown, origin = "http://herald.invalid"): string | null {
  if (typeof target !== "string" || !URL.canParse(target, origin)) return null;
  const url = new URL(target, origin);
  const path = url.pathname + url.search;
  // `/.//evil` has the path `//evil`, and a blob's origin is that of its page
  const isPath = path.startsWith("/") && !path.startsWith("//");
  return url.origin === new URL(origin).origin && isPath ? path : null;
}
