import { PASSWORD } from "@herald/testing/people";
import type { Page } from "@playwright/test";
import { expect, signIn, test } from "../herald.ts";

// The pages are told that they are at localhost; a browser reaches them under another address too.
test.use({ baseURL: async ({ herald }, use) => use(herald.url.replace("localhost", "127.0.0.1")) });

const waysOut: [string, (page: Page) => Promise<void>][] = [
  [
    "the account's menu",
    async (page) => {
      await page.getByRole("button", { name: "Account" }).click();
      await page.getByRole("menuitem", { name: "Sign out" }).click();
    },
  ],
  [
    "the palette",
    async (page) => {
      await page.keyboard.press("ControlOrMeta+k");
      await page.getByRole("combobox", { name: /Go to a place/ }).fill("Sign out");
      await page.keyboard.press("Enter");
    },
  ],
];

for (const [name, signOut] of waysOut) {
  test(`signing out by ${name} stays at the address that the browser uses`, async ({ page, baseURL }) => {
    await signIn(page, "admin@example.org", PASSWORD);
    await expect(page.getByRole("button", { name: "Account" })).toBeVisible();
    await signOut(page);
    await page.waitForURL("**/sign-in");
    expect(page.url()).toBe(`${baseURL}/sign-in`);

    await page.goto("/settings");
    expect(page.url()).toBe(`${baseURL}/sign-in?to=%2Fsettings`);
  });
}

test("a sign-in that has ended leads to the sign-in page of the same address, and back", async ({ page, baseURL }) => {
  await signIn(page, "admin@example.org", PASSWORD);
  await page.goto("/settings");
  const key = page.getByRole("button", { name: /API key/ }).first();
  await key.waitFor();
  await page.context().clearCookies();
  // the first to ask is told so: the click, or the page by itself, which takes the button away
  await Promise.race([key.click(), page.waitForURL("**/sign-in?to=*")]);
  await page.waitForURL("**/sign-in?to=*");
  expect(page.url()).toBe(`${baseURL}/sign-in?to=%2Fsettings`);
});
