import type { CookieOption, CookiesOptions } from "next-auth";

interface OwnCookies {
  useSecureCookies: boolean;
  cookies: Pick<CookiesOptions, "sessionToken" | "callbackUrl" | "csrfToken">;
}

/**
 * The cookies of next-auth's that the pages use. Behind TLS they are never sent in the clear, and a browser takes none of those
 * names (`__Host-`) but from this very host over TLS: none from another port, a neighbouring domain or the network.
 *
 * @param ownUrl the address of the pages, as the browser sees it
 */
export function cookiesAt(ownUrl: string): OwnCookies {
  const secure = new URL(ownUrl).protocol === "https:";
  const cookie = (name: string): CookieOption => ({
    name: `${secure ? "__Host-" : ""}next-auth.${name}`,
    options: { httpOnly: true, sameSite: "lax", path: "/", secure },
  });
  return {
    useSecureCookies: secure,
    cookies: {
      sessionToken: cookie("session-token"),
      callbackUrl: cookie("callback-url"),
      csrfToken: cookie("csrf-token"),
    },
  };
}
