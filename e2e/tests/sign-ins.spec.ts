import { PASSWORD, type Person } from "@herald/testing/people";
import type { Page } from "@playwright/test";
import { expect, type Herald, signIn, test } from "../herald.ts";

const PLAN = { type: "ENTERPRISE", maxSessions: 1, maxGroups: 1, expiresAt: null } as const;

/** A user, and what they sign in with. */
async function someone({ createUser }: Herald): Promise<{ user: Person; email: string }> {
  const user = await createUser(PLAN);
  return { user, email: (await user.api.users.viewer.query()).email };
}

const list = (page: Page) => page.getByRole("region", { name: "Where you are signed in" });

test("a copy of the cookie is worth nothing after a sign-out", async ({ page, herald }) => {
  const { email } = await someone(herald);
  await signIn(page, email, PASSWORD);
  const copy = await page.context().cookies();
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in");

  await page.context().addCookies(copy);
  const answer = await page.request.get("/api/trpc/sync.state");
  expect(answer.status()).toBe(401);
  await page.goto("/settings?x=1");
  await page.waitForURL("**/sign-in?to=%2Fsettings%3Fx%3D1");
  await expect(page.getByLabel("Password")).toBeVisible();
});

test("a person sees their browsers, and signs another one out, which leaves at once", async ({
  page,
  browser,
  herald,
}) => {
  const { email } = await someone(herald);
  const phone = await browser.newContext({
    baseURL: herald.url,
    userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  });
  const there = await phone.newPage();
  await signIn(there, email, PASSWORD);
  await there.goto("/groups");
  await signIn(page, email, PASSWORD);
  await page.goto("/settings");

  // the third is what this test speaks to the engine by
  await expect(list(page).getByRole("listitem")).toHaveCount(3);
  await expect(list(page).getByRole("listitem").filter({ hasText: "This browser" })).toContainText("Chrome");
  await list(page).getByRole("button", { name: "Sign out Firefox on Linux" }).click();
  await expect(list(page).getByRole("listitem")).toHaveCount(2);
  await there.waitForURL("**/sign-in?to=%2Fgroups");
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
  await phone.close();
});

test("signing out everywhere else leaves this browser alone, and can take the API key along", async ({
  page,
  herald,
}) => {
  const { user, email } = await someone(herald);
  await user.api.users.createApiKey.mutate();
  await signIn(page, email, PASSWORD);
  await page.goto("/settings");
  await list(page).getByRole("button", { name: "Sign out everywhere else" }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByRole("checkbox", { name: /Revoke my API key too/ }).check();
  await dialog.getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(list(page).getByRole("listitem")).toHaveCount(1);
  await expect(page.getByRole("button", { name: "Create API key" })).toBeVisible();
  await expect(user.api.users.viewer.query()).rejects.toMatchObject({ data: { code: "UNAUTHORIZED" } });
});

for (const [what, change] of [
  ["is disabled", { disabled: true }],
  ["gets another password", { password: "another password" }],
  ["gets another role", { role: "admin" }],
] as const)
  test(`the pages of somebody who ${what} end within seconds`, async ({ page, herald }) => {
    const { user, email } = await someone(herald);
    await signIn(page, email, PASSWORD);
    await page.goto("/settings");
    await expect(list(page).getByRole("listitem").first()).toBeVisible();
    await herald.admin.api.users.update.mutate({ id: user.id, ...change });
    await page.waitForURL("**/sign-in?to=%2Fsettings", { timeout: 5_000 });
  });

/** Signs in at `url` as a browser does that knows it as `origin`, but for holding to what cookies say of themselves. */
async function cookiesOf(url: string, origin: string, email: string) {
  const jar = new Map<string, string>();
  const said: string[] = [];
  const send = async (path: string, init: RequestInit = {}) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(url + path, { ...init, redirect: "manual", headers: { ...init.headers, cookie } });
    for (const line of answer.headers.getSetCookie()) {
      said.push(line);
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    return answer;
  };
  const { csrfToken } = (await (await send("/api/auth/csrf")).json()) as { csrfToken: string };
  const body = new URLSearchParams({ csrfToken, email, password: PASSWORD, json: "true" });
  await send("/api/auth/callback/credentials", { method: "POST", body, headers: { origin } });
  return { jar, said, send };
}

for (const [ownUrl, prefix] of [
  ["https://herald.example", "__Host-"],
  ["http://herald.example", ""],
] as const)
  test(`at ${ownUrl} cookies are as that allows`, async ({ herald }) => {
    const url = await herald.servePagesAs(ownUrl);
    const { email } = await someone(herald);
    const { jar, said, send } = await cookiesOf(url, ownUrl, email);
    const names = ["callback-url", "csrf-token", "session-token"].map((name) => `${prefix}next-auth.${name}`);
    const device = expect.stringMatching(new RegExp(`^${prefix}herald-device-`));
    expect([...jar.keys()].sort()).toEqual([device, ...names]);
    for (const line of said) {
      expect(line).toMatch(/; Path=\/(;|$)/);
      expect(line).toMatch(/; HttpOnly(;|$)/);
      expect(line).toMatch(/; SameSite=lax(;|$)/i);
      expect(line).not.toContain("Domain=");
      expect(line.includes("; Secure")).toBe(prefix !== "");
    }
    // they are read by the same names: by the proxy, the layout, and what asks the engine
    expect((await send("/settings")).status).toBe(200);
    expect((await send("/api/trpc/users.viewer")).status).toBe(200);
    const token = jar.get(`${prefix}next-auth.session-token`) ?? "";
    jar.clear();
    jar.set(`${prefix === "" ? "__Host-" : ""}next-auth.session-token`, token);
    expect((await send("/settings")).headers.get("location")).toContain("/sign-in");
    expect((await send("/api/trpc/users.viewer")).status).toBe(401);
  });
