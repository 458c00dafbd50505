import { once } from "node:events";
import { connect } from "node:net";
import { MAX_BODY_BYTES, MAX_SESSION_FILE_BYTES, tooLarge } from "@herald/contract";
import { PASSWORD } from "@herald/testing/people";
import type { Page } from "@playwright/test";
import { expect, signIn, test } from "../herald.ts";
import { telethonFile } from "../telethon-file.ts";

const PLAN = { type: "ENTERPRISE", maxSessions: 1, maxGroups: 1, expiresAt: null } as const;

test("files that are uploaded together have each its own result", async ({ page, herald }) => {
  const account = herald.emulator.world.account({ phone: "+99966199999", firstName: "Good", username: "good_one" });
  await signIn(page, "admin@example.org", PASSWORD);
  await page.goto("/admin/sessions");
  const mimeType = "application/octet-stream";
  await page.getByLabel("Upload sessions").setInputFiles([
    { name: "large.session", mimeType, buffer: Buffer.alloc(MAX_SESSION_FILE_BYTES + 1) },
    { name: `${"x".repeat(201)}.txt`, mimeType, buffer: Buffer.from("key") },
    { name: "none.txt", mimeType, buffer: Buffer.from("no session") },
    { name: "good & well.session", mimeType, buffer: telethonFile(account.authKey()) },
  ]);
  const rows = page.getByRole("table", { name: "Uploaded files" }).getByRole("row");
  await expect(rows).toHaveCount(4);
  await expect(rows.filter({ hasText: "good & well.session" })).toContainText("Added");
  await expect(rows.filter({ hasText: "large.session" })).toContainText("larger than 16 MiB");
  await expect(rows.filter({ hasText: "xxx.txt" })).toContainText("at most 200 characters");
  await expect(rows.filter({ hasText: "none.txt" })).toContainText("no session that Herald knows");
});

/** What the pages answer to a request of which no more comes than the head and the beginning of its body. */
async function answerTo(page: Page, url: string, path: string, headers: string, beginning: string): Promise<string> {
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const socket = connect(Number(new URL(url).port), "127.0.0.1").setEncoding("utf8");
  await once(socket, "connect");
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: ${new URL(url).host}\r\norigin: ${url}\r\ncookie: ${cookies}\r\n${headers}\r\n\r\n${beginning}`,
  );
  let answer = "";
  for await (const part of socket) {
    answer += part;
    if (answer.endsWith("\r\n0\r\n\r\n")) break;
  }
  return answer;
}

test("the pages wait for no body that is too large, or of whom the engine refuses", async ({ page, herald }) => {
  const { id } = await herald.createUser(PLAN);
  const { email } = (await herald.admin.api.users.list.query()).find((user) => user.id === id) ?? { email: "" };
  await signIn(page, email, PASSWORD);
  const ask = (path: string, headers: string, beginning = "") => answerTo(page, herald.url, path, headers, beginning);
  const json = "content-type: application/json\r\n";
  for (const [path, type] of [
    ["/api/trpc/bot.configure", json],
    ["/api/auth/callback/credentials", "content-type: application/x-www-form-urlencoded\r\n"],
  ] as const)
    for (const size of ["content-length: 65537", "transfer-encoding: chunked"]) {
      const answer = await ask(path, type + size);
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      expect(answer).toContain(tooLarge(MAX_BODY_BYTES).message);
    }
  const file = "content-type: application/octet-stream\r\ncontent-length: ";
  expect(await ask("/api/sessions/upload?name=a", `${file}${MAX_SESSION_FILE_BYTES + 1}`)).toMatch(/^HTTP\/1\.1 413 /);
  // it comes to the engine before all of it has come to the pages
  const streamed = await ask("/api/sessions/upload?name=a", `${file}${MAX_SESSION_FILE_BYTES}`, "SQLite format 3");
  expect(streamed).toMatch(/^HTTP\/1\.1 403 /);
  expect(streamed).toContain("Only an admin may do this.");
});
