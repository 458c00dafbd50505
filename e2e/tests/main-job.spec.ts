import type { Delivery } from "@herald/telegram-emulator";
import { PASSWORD } from "@herald/testing/people";
import { setScene } from "@herald/testing/scene";
import type { Browser, Page } from "@playwright/test";
import { expect, type Herald, signIn, test } from "../herald.ts";
import { telethonFile } from "../telethon-file.ts";

/** Accounts, a channel with a post and groups of their own in the emulator, for one test. */
function world({ emulator }: Herald, name: string, size: { accounts: number; groups: number }) {
  const accounts = Array.from({ length: size.accounts }, (_, n) =>
    emulator.world.account({
      phone: `99966${(++phones).toString().padStart(5, "0")}`,
      firstName: `${name} ${n}`,
      username: `${name}_account_${n}`,
    }),
  );
  const channel = emulator.world.channel({
    username: `${name}_news`,
    title: `${name} news`,
    members: accounts,
    posts: [`the post of ${name}`],
  });
  const groups = Array.from({ length: size.groups }, (_, n) =>
    emulator.world.supergroup({ username: `${name}_group_${n}`, title: `${name} group ${n}`, members: accounts }),
  );
  return {
    accounts,
    channel,
    groups,
    link: `https://t.me/${name}_news/1`,
    names: groups.map((_, n) => `@${name}_group_${n}`),
  };
}
let phones = 0;

type World = ReturnType<typeof world>;

/** What stands in the groups of that world, as the emulator has it. */
const posted = ({ emulator }: Herald, { groups }: World): Delivery[] => {
  const chats = new Set(groups.map((group) => group.markedId));
  return emulator.record.entries().filter((entry) => chats.has(entry.chatId));
};

async function asAdmin(browser: Browser, baseURL: string): Promise<Page> {
  const page = await (await browser.newContext({ baseURL })).newPage();
  await signIn(page, "admin@example.org", PASSWORD);
  return page;
}

/** The admin's part, in the pages: an API pair, session files, a user with a plan. */
async function prepare(
  admin: Page,
  { accounts }: World,
  user: { name: string; email: string; plan: "STARTER" | "ENTERPRISE"; apiId: number },
): Promise<void> {
  await admin.goto("/admin/api-pairs");
  await admin.getByRole("button", { name: "Add API pair" }).first().click();
  await admin.getByLabel("api_id").fill(`${user.apiId}`);
  await admin.getByLabel("api_hash").fill("0123456789abcdef0123456789abcdef");
  await admin.getByRole("button", { name: "Add API pair" }).last().click();
  await expect(admin.getByLabel(`API pair ${user.apiId}`)).toBeVisible();

  await admin.goto("/admin/sessions");
  await admin.getByLabel("Upload sessions").setInputFiles(
    accounts.map((account) => ({
      name: `${account.username}.session`,
      mimeType: "application/x-sqlite3",
      buffer: telethonFile(account.authKey()),
    })),
  );
  const uploaded = admin.getByRole("table", { name: "Uploaded files" });
  for (const account of accounts)
    await expect(uploaded.getByRole("row", { name: `${account.username}.session` })).toContainText(
      `@${account.username}`,
    );

  await admin.goto("/admin/users");
  await admin.getByRole("button", { name: "Create user" }).first().click();
  const form = admin.getByRole("dialog");
  await form.getByLabel("Name").fill(user.name);
  await form.getByLabel("Email").fill(user.email);
  await form.getByLabel("Password").fill(PASSWORD);
  await form.getByLabel("Plan").selectOption(user.plan);
  await form.getByLabel("Most sessions").fill(`${accounts.length}`);
  await form.getByLabel("Most groups").fill("20");
  await form.getByRole("button", { name: "Create user" }).click();
  await expect(admin.getByRole("table", { name: "Users" })).toContainText(user.email);
}

/** The user's part but for the start: the post and the groups. */
async function setUp(page: Page, { link, names }: World): Promise<void> {
  await page.goto("/post");
  await page.getByLabel("Post link").fill(link);
  await page.getByRole("button", { name: "Save post" }).click();
  await expect(page.getByRole("button", { name: "Save post" })).toBeEnabled();
  await page.goto("/groups");
  await page.getByLabel("Groups, one a line").fill(names.join("\n"));
  await page
    .getByRole("button", { name: /^Add .*group/ })
    .last()
    .click();
  for (const name of names) await expect(page.getByRole("table", { name: "Groups" })).toContainText(name);
}

test("ENTERPRISE: an admin fills the pool, a user clicks Start, each group gets the post once, Stop stops", async ({
  browser,
  baseURL,
  herald,
  page,
}) => {
  const bakery = world(herald, "bakery", { accounts: 2, groups: 4 });
  const admin = await asAdmin(browser, baseURL);
  await prepare(admin, bakery, { name: "Bakery", email: "bakery@example.org", plan: "ENTERPRISE", apiId: 2001 });

  await signIn(page, "bakery@example.org", PASSWORD);
  await setUp(page, bakery);
  await page.goto("/settings");
  await page.getByLabel("Between posts").fill("1");
  await page.getByLabel("Between cycles").fill("2");
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await page.goto("/");
  await page.getByRole("radio", { name: /Enterprise/ }).check();
  await page.getByRole("button", { name: "Start posting" }).click();

  await expect(page.getByLabel("Running")).toContainText("4 of 4");
  await expect(page.getByLabel("Log", { exact: true })).toContainText("posted to @bakery_group_0");
  const first = posted(herald, bakery).slice(0, 4);
  expect(new Set(first.map((entry) => entry.chatId)).size).toBe(4);
  expect(first.map((entry) => entry.text)).toEqual(Array(4).fill("the post of bakery"));
  for (const account of bakery.accounts)
    expect(first.filter((entry) => entry.accountId === account.id)).toHaveLength(2);

  // the next cycle comes by itself, and each post of it once
  await herald.emulator.record.waitFor(() => posted(herald, bakery).length >= 8, { timeoutMs: 30_000 });
  const neighbour = await setScene(herald, { accounts: 1, groups: 1, delayBetweenCycles: 2 });
  await neighbour.user.api.bot.start.mutate({});
  await neighbour.until(1);
  await page.getByRole("button", { name: "Stop posting" }).click();
  await expect(
    page.getByRole("button", { name: "Start posting" }).or(page.getByRole("button", { name: "Resume" })),
  ).toBeVisible();
  const afterStop = posted(herald, bakery).length;
  // between two posts of the neighbour's lies a pause between cycles: the bakery's next one would have begun
  await neighbour.until(neighbour.posted().length + 2);
  await neighbour.user.api.bot.stop.mutate();
  expect(posted(herald, bakery)).toHaveLength(afterStop);
  expect(new Set(posted(herald, bakery).map((entry) => entry.randomId)).size).toBe(afterStop);
});

test("STARTER: every account posts to every group, spread over the cycle", async ({
  browser,
  baseURL,
  herald,
  page,
}) => {
  const florist = world(herald, "florist", { accounts: 2, groups: 4 });
  const admin = await asAdmin(browser, baseURL);
  await prepare(admin, florist, { name: "Florist", email: "florist@example.org", plan: "STARTER", apiId: 2002 });

  await signIn(page, "florist@example.org", PASSWORD);
  await setUp(page, florist);
  await page.goto("/settings");
  await page.getByLabel("Between posts").fill("1");
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await page.goto("/");
  await page.getByRole("radio", { name: /Starter/ }).check();
  await page.getByLabel("Total cycle (minutes)").fill("1");
  await page.getByRole("button", { name: "Start posting" }).click();
  await expect(page.getByLabel("Running")).toContainText("8 of 8", { timeout: 60_000 });
  await page.getByRole("button", { name: "Stop posting" }).click();
  await expect(
    page.getByRole("button", { name: "Start posting" }).or(page.getByRole("button", { name: "Resume" })),
  ).toBeVisible();

  const entries = posted(herald, florist);
  expect(entries.length).toBeGreaterThanOrEqual(8);
  const [one, two] = florist.accounts.map((account) =>
    entries.filter((entry) => entry.accountId === account.id).slice(0, 4),
  );
  for (const lane of [one, two]) expect(new Set(lane?.map((entry) => entry.chatId)).size).toBe(4);
  // half a cycle lies between the two accounts, in every group
  for (const entry of one ?? []) {
    const other = two?.find((candidate) => candidate.chatId === entry.chatId);
    expect(Math.abs((other?.at ?? 0) - entry.at)).toBeGreaterThanOrEqual(29_000);
  }
});

test("a user sees nothing of another, and no admin page", async ({ browser, baseURL, herald, page }) => {
  const neighbour = await setScene(herald, { accounts: 1, groups: 2 });
  await neighbour.user.api.bot.start.mutate({});
  await neighbour.until(2);
  const { title: name } = neighbour.channel;
  // its channel, its groups and its account all bear it, and so does what its pages are drawn from
  const { bot, groups, log } = await neighbour.user.api.sync.state.query();
  for (const part of [bot.config, bot.sessions, groups, log]) expect(JSON.stringify(part)).toContain(name);

  const other = world(herald, "stranger", { accounts: 1, groups: 1 });
  const admin = await asAdmin(browser, baseURL);
  await prepare(admin, other, { name: "Stranger", email: "stranger@example.org", plan: "ENTERPRISE", apiId: 2003 });
  await signIn(page, "stranger@example.org", PASSWORD);
  // by what of the page only its data brings
  const filled = {
    "/": page.getByRole("button", { name: "Start posting" }),
    "/groups": page.getByLabel("Groups, one a line"),
    "/post": page.getByLabel("Post link"),
    "/history": page.getByText("Nothing has been posted yet"),
    "/history?view=log": page.getByText("The log is empty"),
    "/settings": page.getByRole("button", { name: "Save settings" }),
  };
  for (const [path, part] of Object.entries(filled)) {
    await page.goto(path);
    await expect(part).toBeVisible();
    await expect(page.locator("body")).not.toContainText(name);
  }
  // an admin's page leads back to the first
  await page.goto("/admin/sessions");
  await expect(filled["/"]).toBeVisible();
  expect(new URL(page.url()).pathname).toBe("/");
});
