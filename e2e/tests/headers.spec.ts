import { PASSWORD } from "@herald/testing/people";
import type { APIResponse } from "@playwright/test";
import { expect, signIn, test } from "../herald.ts";

const everywhere = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "x-powered-by": undefined,
  "access-control-allow-origin": undefined,
  // the pages of this test are not behind TLS
  "strict-transport-security": undefined,
};
const NONCE = /^[\w+/]{22}==$/;
const NO_PAGE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const NO_STORE = /(^|, )no-store(,|$)/;
const FOR_EVER = "public, max-age=31536000, immutable";

/** Every kind of answer: how it is asked for, its status, whether it is a page, and who may keep it. */
const kinds: Array<{
  kind: string;
  path: string;
  post?: true;
  signedIn?: true;
  status: number;
  is: "page" | "data" | "file";
  cache: RegExp | string;
}> = [
  { kind: "the sign-in page", path: "/sign-in", status: 200, is: "page", cache: NO_STORE },
  { kind: "a redirect to it", path: "/settings", status: 307, is: "page", cache: NO_STORE },
  { kind: "a page", path: "/settings", signedIn: true, status: 200, is: "page", cache: NO_STORE },
  { kind: "a page that is not there", path: "/nowhere", signedIn: true, status: 404, is: "page", cache: NO_STORE },
  { kind: "data", path: "/api/trpc/sync.state", signedIn: true, status: 200, is: "data", cache: NO_STORE },
  { kind: "data for nobody", path: "/api/trpc/sync.state", status: 401, is: "data", cache: NO_STORE },
  { kind: "what does not exist", path: "/api/trpc/x.y", signedIn: true, status: 404, is: "data", cache: NO_STORE },
  { kind: "a call from elsewhere", path: "/api/trpc/bot.stop", post: true, status: 403, is: "data", cache: NO_STORE },
  { kind: "a sign-in from elsewhere", path: "/api/auth/signin", post: true, status: 403, is: "data", cache: NO_STORE },
  { kind: "who is signed in", path: "/api/auth/session", signedIn: true, status: 200, is: "data", cache: NO_STORE },
  { kind: "no such data", path: "/api/nowhere", status: 404, is: "data", cache: NO_STORE },
  { kind: "health", path: "/api/health", status: 200, is: "data", cache: NO_STORE },
  { kind: "the icon", path: "/icon.svg", status: 200, is: "file", cache: /^public/ },
];

function expectHeaders(answer: APIResponse, { is, cache }: (typeof kinds)[number]): void {
  const headers = answer.headers();
  for (const [name, value] of Object.entries(everywhere)) expect(headers[name], name).toBe(value);
  if (typeof cache === "string") expect(headers["cache-control"]).toBe(cache);
  else expect(headers["cache-control"]).toMatch(cache);
  const policy = headers["content-security-policy"] ?? "";
  if (is !== "page") {
    expect(policy).toBe(NO_PAGE);
    return;
  }
  const [, nonce = ""] = /script-src 'nonce-([^']+)' 'strict-dynamic';/.exec(policy) ?? [];
  expect(nonce).toMatch(NONCE);
  expect(policy).toBe(
    `default-src 'self'; script-src 'nonce-${nonce}' 'strict-dynamic'; style-src 'self' 'nonce-${nonce}'; style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  );
}

for (const one of kinds)
  test(`the headers of ${one.kind}`, async ({ page }) => {
    if (one.signedIn) await signIn(page, "admin@example.org", PASSWORD);
    const { request } = page.context();
    const headers = { origin: "https://elsewhere.example" };
    const answer = await (one.post
      ? request.post(one.path, { headers, data: {} })
      : request.get(one.path, { maxRedirects: 0 }));
    expect(answer.status()).toBe(one.status);
    expectHeaders(answer, one);
  });

test("the headers of scripts and styles, and each page's own nonce on every script in it", async ({
  page,
  request,
}) => {
  const nonces = new Set<string>();
  for (const _ of [1, 2]) {
    const answer = await request.get("/sign-in");
    const text = await answer.text();
    const [, nonce = ""] = /'nonce-([^']+)'/.exec(answer.headers()["content-security-policy"] ?? "") ?? [];
    const scripts = text.match(/<script[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(3);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(2);
  await page.goto("/sign-in");
  const files = await page.evaluate(() => [
    document.querySelector<HTMLScriptElement>("script[src]")?.src,
    document.querySelector<HTMLLinkElement>("link[rel=stylesheet]")?.href,
  ]);
  for (const file of files) {
    const answer = await request.get(file ?? "");
    expectHeaders(answer, { kind: "a file", path: file ?? "", status: 200, is: "file", cache: FOR_EVER });
  }
});
