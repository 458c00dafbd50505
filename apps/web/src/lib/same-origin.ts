/**
 * Whether a request that may change something comes from the dashboard's own pages. Browsers say so by `Sec-Fetch-Site`
 * (older ones by `Origin`), and no page can forge either. A request with neither is refused.
 */
export function isSameOrigin(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  return origin !== null && URL.canParse(origin) && new URL(origin).host === headers.get("host");
}
