/** Says to the server's renderer, by the request, which nonce the page's own scripts get. */
export const NONCE_HEADER = "x-nonce";

/**
 * What a page may load and run: what is ours, and of scripts and styles in the page itself those that have this answer's nonce, and
 * what they load. Attributes (`style="width: 40%"`) cannot have one; they can draw, and run nothing.
 * @param options.isDevelopment React and the overlay of `next dev` evaluate and style as they like
 */
export function contentSecurityPolicy(nonce: string, options: { isDevelopment: boolean }): string {
  const { isDevelopment } = options;
  const policy = {
    "default-src": "'self'",
    "script-src": `'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    "style-src": isDevelopment ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}'`,
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
  };
  return Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join("; ");
}

/**
 * Has the browser come back by TLS alone, for a year; null where the pages are not behind TLS. For this host and no other: what else
 * lives under its name is not ours to say.
 */
export const strictTransportSecurity = (home: string): string | null =>
  home.startsWith("https:") ? "max-age=31536000" : null;
