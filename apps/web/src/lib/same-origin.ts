import { env } from "@/env";

/** The names by which a browser reaches the machine that it runs on. */
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether pages of `origin` are ours: its scheme, host and port are those of `home`, the dashboard's own address. */
function isHome(origin: string, home: string): boolean {
  if (!URL.canParse(origin)) return false;
  const [theirs, ours] = [new URL(origin), new URL(home)];
  if (theirs.origin === ours.origin) return true;
  const isOnThisMachine = LOOPBACK.has(theirs.hostname) && LOOPBACK.has(ours.hostname);
  return isOnThisMachine && theirs.protocol === ours.protocol && theirs.port === ours.port;
}

/**
 * Whether a request that may change something comes from the dashboard's own pages. A browser says so by `Origin` and by
 * `Sec-Fetch-Site`, and no page can forge either: what is there must agree, and a request with neither is refused.
 * @param home the dashboard's own address, as browsers see it; one of this machine goes by all of the machine's names
 */
export function isSameOrigin(headers: Headers, home: string = env().NEXTAUTH_URL): boolean {
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  if (origin === null && site === null) return false;
  return (origin === null || isHome(origin, home)) && (site === null || site === "same-origin");
}
