import { PASSWORD } from "@herald/testing/people";
import type { APIRequestContext, Page } from "@playwright/test";
import { generateSync } from "otplib";
import { expect, type Herald, signIn, test } from "../herald.ts";

const PLAN = { type: "STARTER", maxSessions: 1, maxGroups: 1, expiresAt: null } as const;

/** Somebody who has not signed in yet. */
async function newcomer(herald: Herald): Promise<string> {
  return (await (await herald.createUser(PLAN)).api.users.viewer.query()).email;
}

async function give(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("two-step sign-in is turned on in Settings, and asks for a code from then on", async ({
  page,
  herald,
  browser,
}) => {
  const email = await newcomer(herald);
  await signIn(page, email, PASSWORD);
  await page.goto("/settings");
  const card = page.getByLabel("Two-step sign-in", { exact: true });
  await card.getByRole("button", { name: "Turn on" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Your password").fill("not this one");
  await dialog.getByRole("button", { name: "Go on" }).click();
  await expect(dialog).toContainText("This is not your password.");
  await dialog.getByLabel("Your password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Go on" }).click();
  await expect(dialog.getByRole("img", { name: /QR code/ })).toBeVisible();
  const secret = ((await dialog.locator("code").textContent()) ?? "").replaceAll(/\s/g, "");
  await dialog.getByLabel("Code", { exact: true }).fill("000000");
  await dialog.getByRole("button", { name: "Turn on" }).click();
  await expect(dialog).toContainText("This is not the app's present code.");
  await dialog.getByLabel("Code", { exact: true }).fill(generateSync({ secret }));
  await dialog.getByRole("button", { name: "Turn on" }).click();
  const codes = card.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
  await expect(codes).toHaveCount(10);
  const [recovery = ""] = await codes.allInnerTexts();
  await card.getByRole("button", { name: "I have kept them" }).click();
  await expect(card).toContainText("You have 10 recovery codes left.");
  await expect(codes).toHaveCount(0);

  const elsewhere = await (await browser.newContext({ baseURL: herald.url })).newPage();
  await elsewhere.goto("/sign-in?to=/settings");
  await give(elsewhere, email, PASSWORD);
  await expect(elsewhere.getByLabel("Code", { exact: true })).toBeFocused();
  await elsewhere.getByLabel("Code", { exact: true }).fill("000000");
  await elsewhere.getByRole("button", { name: "Sign in" }).click();
  await expect(elsewhere.getByRole("alert").filter({ hasText: "not right, or it has expired" })).toBeVisible();
  await elsewhere.getByRole("button", { name: "Use a recovery code" }).click();
  await elsewhere.getByLabel("Recovery code").fill(recovery.toLowerCase());
  await elsewhere.getByRole("button", { name: "Sign in" }).click();
  await elsewhere.waitForURL("**/settings");
  await expect(elsewhere.getByLabel("Two-step sign-in", { exact: true })).toContainText("9 recovery codes left");
});

for (const target of [
  "/%09/evil.example",
  "//evil.example",
  "/%5Cevil.example",
  "https://evil.example",
  "/.//evil.example",
  "javascript:alert(1)",
])
  test(`a link to the sign-in page leads no further than to us: ${target}`, async ({ page, baseURL, herald }) => {
    const email = await newcomer(herald);
    await page.goto(`/sign-in?to=${target}`);
    await give(page, email, PASSWORD);
    await expect(page.getByRole("button", { name: "Account" })).toBeVisible();
    expect(page.url()).toBe(`${baseURL}/`);
  });

/** By which a browser says that a request is one of our own pages'. */
const FROM_OUR_PAGES = { "sec-fetch-site": "same-origin" };

/** What the form hears when these fields are sent as it sends them. */
async function answerTo(
  request: APIRequestContext,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
) {
  const { csrfToken } = await (await request.get("/api/auth/csrf")).json();
  const form = { csrfToken, json: "true", ...fields };
  const answer = await request.post("/api/auth/callback/credentials", {
    form,
    headers: { ...FROM_OUR_PAGES, ...headers },
  });
  const { url } = await answer.json();
  return { status: answer.status(), error: new URL(url).searchParams.get("error") };
}

test("a claimed address lets no guess through, and a browser that signed in before is let in all the same", async ({
  request,
  page,
  herald,
}) => {
  const email = await newcomer(herald);
  await signIn(page, email, PASSWORD);
  await page.context().clearCookies({ name: /session-token/ });

  const errors: Array<string | null> = [];
  for (let n = 0; n < 13; n++) {
    const forwarded = { "x-forwarded-for": `203.0.113.${n}`, "x-real-ip": `203.0.113.${n}` };
    errors.push((await answerTo(request, { email, password: `a guess ${n}` }, forwarded)).error);
  }
  expect(errors.slice(0, 10)).toEqual(Array(10).fill("CredentialsSignin"));
  for (const error of errors.slice(10)) expect(error).toMatch(/^slowed:\d+$/);

  await signIn(page, email, PASSWORD);
});

test("too many tries are told with how long to wait", async ({ page, request, herald }) => {
  const email = await newcomer(herald);
  for (let n = 0; n < 10; n++) await answerTo(request, { email, password: `a guess ${n}` });
  await page.goto("/sign-in");
  await give(page, email, PASSWORD);
  await expect(page.getByRole("alert").filter({ hasText: /Wait (a minute|\d+ minutes)/ })).toBeVisible();
});

test("whatever is sent to the sign-in, the form's own message is the answer", async ({ request }) => {
  const wrong = { status: 401, error: "CredentialsSignin" };
  expect(await answerTo(request, {})).toEqual(wrong);
  expect(await answerTo(request, { email: "a\0@example.org", password: "\0" })).toEqual(wrong);
  expect(await answerTo(request, { email: "a@example.org", password: "x".repeat(9_000) })).toEqual(wrong);
  expect(
    await answerTo(request, { email: "a@example.org", password: "x", callbackUrl: "javascript:alert(1)" }),
  ).toEqual(wrong);
  expect(await answerTo(request, { email: "a@example.org", password: "x".repeat(10_000_000) })).toMatchObject({
    error: "CredentialsSignin",
  });

  const { csrfToken } = await (await request.get("/api/auth/csrf")).json();
  const post = "/api/auth/callback/credentials";
  const json = { "content-type": "application/json" };
  const strange: Array<[string, Parameters<APIRequestContext["fetch"]>[1]]> = [
    [post, { method: "POST" }],
    [post, { method: "POST", headers: json, data: "{" }],
    [post, { method: "POST", headers: json, data: "null" }],
    [
      post,
      { method: "POST", headers: json, data: JSON.stringify({ csrfToken, email: {}, password: [1], callbackUrl: {} }) },
    ],
    [
      `${post}?callbackUrl=javascript:alert(1)`,
      { method: "POST", form: { csrfToken, email: "a@example.org", password: "x" } },
    ],
    [post, { method: "GET" }],
    ["/api/auth/csrf?callbackUrl=javascript:alert(1)", {}],
    ["/api/auth/csrf", { headers: { cookie: "next-auth.callback-url=javascript:alert(1)" } }],
    ["/api/auth/signout", {}],
    ["/api/auth/error?error=<b>x</b>", {}],
    ["/api/auth/nothing", {}],
  ];
  for (const [path, options] of strange) {
    const headers = { ...FROM_OUR_PAGES, ...options?.headers };
    const answer = await request.fetch(path, { ...options, headers, maxRedirects: 0 });
    expect({ path, options, isFault: answer.status() >= 500 }).toMatchObject({ isFault: false });
    expect(await answer.text()).not.toMatch(/next-?auth|configuration|undefined/i);
    expect(answer.headers().location ?? "").not.toMatch(/javascript|evil/);
  }
});
