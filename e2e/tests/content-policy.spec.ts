import { PASSWORD } from "@herald/testing/people";
import { setScene } from "@herald/testing/scene";
import type { Page } from "@playwright/test";
import { expect, signIn, test } from "../herald.ts";

/** What the browser complains of while it is at these pages: a policy that is offended, an error, a warning. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error}`));
  return complaints;
}

const main = (page: Page) => page.getByRole("main");

/** By what of a page only its data brings. */
const ofUsers: Array<[path: string, filled: (page: Page) => ReturnType<Page["locator"]>]> = [
  ["/", (page) => page.getByRole("button", { name: /Stop posting|Start posting|Resume/ })],
  ["/groups", (page) => main(page).getByRole("table", { name: "Groups" }).getByRole("row").nth(1)],
  ["/post", (page) => page.getByLabel("Post link")],
  ["/history", (page) => main(page).getByRole("table").getByRole("row").nth(1)],
  ["/history?view=log", (page) => main(page).getByText("Posting started.")],
  ["/settings", (page) => page.getByRole("button", { name: "Save settings" })],
  ["/nowhere", (page) => page.getByRole("link", { name: "Go to the first page" })],
];
const ofAdmins: typeof ofUsers = [
  ["/admin", (page) => main(page).getByText("Needs you").first()],
  ["/admin/sessions", (page) => main(page).getByRole("table").getByRole("row").nth(1)],
  ["/admin/api-pairs", (page) => main(page).getByRole("button", { name: "Add API pair" }).first()],
  ["/admin/users", (page) => main(page).getByRole("table", { name: "Users" }).getByRole("row").nth(1)],
  ["/admin/chats", (page) => main(page).getByRole("table").getByRole("row").nth(1)],
  ["/admin/audit", (page) => main(page).getByRole("table").getByRole("row").nth(1)],
];

for (const [device, viewport] of [
  ["a desk", { width: 1440, height: 900 }],
  ["a phone", { width: 390, height: 844 }],
] as const)
  test(`on ${device} every page, drawer and dialog keeps to its policy`, async ({ browser, baseURL, herald }) => {
    const scene = await setScene(herald, { accounts: 2, groups: 6 });
    await scene.user.api.bot.start.mutate({});
    await scene.until(6);
    const { email } = await scene.user.api.users.viewer.query();
    const context = await browser.newContext({ baseURL, viewport });
    for (const [who, pages] of [
      [email, ofUsers],
      ["admin@example.org", ofAdmins],
    ] as const) {
      const page = await context.newPage();
      const complaints = complaintsOf(page);
      await signIn(page, who, PASSWORD);
      for (const [path, filled] of pages) {
        await page.goto(path);
        await expect(filled(page), path).toBeVisible();
      }
      // what floats locks the page behind it by a style of its own
      await page.goto(pages === ofUsers ? "/groups" : "/admin/users");
      await main(page).getByRole("table").getByRole("row").nth(1).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await expect(page.locator("body")).toHaveCSS("overflow", "hidden");
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toBeHidden();
      expect(complaints.filter((complaint) => !complaint.includes("/nowhere"))).toEqual([]);
      await context.clearCookies();
      await page.close();
    }
    await context.close();
  });

test("what is slipped into a page does not run, is not drawn and leads nowhere", async ({ page }) => {
  const run = "document.documentElement.dataset.ran = '1'";
  await page.route("**/sign-in", async (route) => {
    const answer = await route.fetch();
    const slipped = `<script>${run}</script><script src="https://elsewhere.example/x.js"></script></body>`;
    await route.fulfill({ response: answer, body: (await answer.text()).replace("</body>", slipped) });
  });
  await page.addInitScript(() => {
    const offended: string[] = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
      offended.push(`${effectiveDirective} ${blockedURI}`);
    });
    Object.assign(window, { offended });
  });
  await page.goto("/sign-in");
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { offended: string[] }).offended))
    .toEqual(["script-src-elem inline", "script-src-elem https://elsewhere.example/x.js"]);

  const offended = await page.evaluate(async (run) => {
    const add = (html: string) => document.body.insertAdjacentHTML("beforeend", html);
    const slipped: Array<() => unknown> = [
      () => add(`<img src="/nowhere.png" onerror="${run}">`),
      () => add("<style>body { color: red }</style>"),
      () => add('<base href="https://elsewhere.example/">'),
      () => add('<img src="https://elsewhere.example/seen.png">'),
      () => fetch("https://elsewhere.example/").catch(() => {}),
      () => {
        add('<form action="https://elsewhere.example/"></form>');
        [...document.forms].at(-1)?.submit();
      },
    ];
    const offended: string[] = [];
    for (const slip of slipped) {
      const violation = new Promise<SecurityPolicyViolationEvent>((resolve) => {
        document.addEventListener("securitypolicyviolation", resolve, { once: true });
      });
      slip();
      offended.push((await violation).effectiveDirective);
    }
    return offended;
  }, run);
  expect(offended).toEqual([
    ...["script-src-attr", "style-src-elem", "base-uri", "img-src", "connect-src", "form-action"],
  ]);
  expect(await page.evaluate(() => document.documentElement.dataset.ran)).toBeUndefined();
});
