import { PASSWORD } from "@herald/testing/people";
import { expect, test } from "../herald.ts";

// A name of this machine that the pages were not told of.
test.use({ baseURL: async ({ herald }, use) => use(herald.url.replace("localhost", "elsewhere.localhost")) });

test("who opens Herald at an address that it does not know is told so at the sign-in", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill("admin@example.org");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").first()).toContainText("Herald takes no sign-in from this address.");
  await page.goto("/settings");
  await expect(page).toHaveURL(/\/sign-in\?to=%2Fsettings$/);
});
