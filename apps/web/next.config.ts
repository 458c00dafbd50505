import type { NextConfig } from "next";

/**
 * What every answer says to the browser: draw us in no frame, guess no types, tell nobody where a click came from, keep other sites'
 * windows and pages away from ours, and ask for no device. What is no page runs and loads nothing; pages have a policy of their
 * own (src/proxy.ts).
 */
const everywhere = {
  "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
};

const headersOf = (headers: Record<string, string>) => Object.entries(headers).map(([key, value]) => ({ key, value }));

const config: NextConfig = {
  // `pnpm run typecheck` does this for the whole repository, tests included.
  typescript: { ignoreBuildErrors: true },
  transpilePackages: ["@herald/contract", "@herald/host"],
  poweredByHeader: false,
  devIndicators: false,
  headers: async () => [
    { source: "/:path*", headers: headersOf(everywhere) },
    { source: "/api/:path*", headers: headersOf({ "Cache-Control": "no-store" }) },
  ],
};

export default config;
