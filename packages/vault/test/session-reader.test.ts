import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AuthKey } from "telegram/crypto/AuthKey.js";
import { StringSession } from "telegram/sessions/index.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSessionReader } from "../src/session-reader.ts";

const key = randomBytes(256);
const read = (content: Uint8Array | string) =>
  createSessionReader().read(typeof content === "string" ? Buffer.from(content) : content);
const reason = (content: Uint8Array | string) => {
  const result = read(content);
  return result.ok ? "read" : result.reason;
};

const urlsafe = (data: Buffer) => data.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
const telethon = (address: Buffer, dcId = 2) =>
  `1${urlsafe(Buffer.concat([Buffer.from([dcId]), address, Buffer.from([0x01, 0xbb]), key]))}`;
const IPV4 = Buffer.from([149, 154, 167, 51]);
const IPV6 = Buffer.from("200167c04e8f0020000000000000000a".padEnd(32, "0"), "hex");

async function gramJs(host: string, port: number): Promise<string> {
  const session = new StringSession("");
  session.setDC(4, host, port);
  const authKey = new AuthKey();
  await authKey.setKey(key);
  session.setAuthKey(authKey, 4);
  return session.save();
}

describe("session strings", () => {
  test("Telethon, IPv4 and IPv6, with or without padding, quotes and line end", () => {
    for (const text of [
      telethon(IPV4),
      telethon(IPV4).replace(/=+$/, ""),
      `"${telethon(IPV4)}"\r\n`,
      `'${telethon(IPV4)}'`,
      `${telethon(IPV4)}\n${" ".repeat(5000)}\n`,
      `\uFEFF${telethon(IPV4)}`,
    ])
      expect(read(text)).toEqual({
        ok: true,
        secret: { dcId: 2, host: "149.154.167.51", port: 443, authKey: key },
      });
    expect(telethon(IPV4)).toHaveLength(353);
    expect(telethon(IPV6)).toHaveLength(369);
    expect(read(telethon(IPV6))).toEqual({
      ok: true,
      secret: { dcId: 2, host: "2001:67c0:4e8f:0020:0000:0000:0000:000a", port: 443, authKey: key },
    });
  });

  test("a GramJS string of the length of a Telethon one is still GramJS's", async () => {
    const text = await gramJs("149.154.167.91", 443);
    expect(text).toHaveLength(369);
    expect(read(text)).toEqual({
      ok: true,
      secret: { dcId: 4, host: "149.154.167.91", port: 443, authKey: key },
    });
    expect(read(await gramJs("127.0.0.1", 8443))).toMatchObject({ ok: true, secret: { port: 8443 } });
    for (const host of ["::1", "DC.example-1.org", "x".repeat(64)])
      expect(read(await gramJs(host, 443))).toMatchObject({ ok: true, secret: { host } });
  });

  test.each(["x".repeat(65), "dc_1.example", "dc.example/", "/dc.example"])(
    "a GramJS string with the host “%s” is not read",
    async (host) => {
      expect(reason(await gramJs(host, 443))).toMatch(/not a complete session string/);
    },
  );

  test("a Telethon string with a length that GramJS would not have is not taken for one of GramJS's", () => {
    const address = Buffer.from([0, 13, ...Buffer.from("149.154.167.91")]);
    expect(read(telethon(address))).toMatchObject({ ok: true, secret: { host: expect.stringMatching(/^000d:3134:/) } });
  });

  test.each([339, 481])("%i characters are no session string", (length) => {
    expect(reason("A".repeat(length))).toMatch(/no session that Herald knows/);
  });

  test.each([340, 480])("%i characters look like one", (length) => {
    expect(reason("A".repeat(length))).toMatch(/not a complete session string/);
  });

  test.each(["", "=", "=="])("padding of “%s” is taken, and nothing behind it", (padding) => {
    expect(reason("A".repeat(340) + padding)).toMatch(/not a complete session string/);
    expect(reason(`${"A".repeat(340)}${padding}===`)).toMatch(/no session that Herald knows/);
    expect(reason(`=${"A".repeat(340)}${padding}`)).toMatch(/no session that Herald knows/);
  });

  test.each([
    ["B?256sI?", 263, 351],
    ["B?256sQ?", 267, 356],
    ["BI?256sQ?", 271, 362],
  ])("a Pyrogram string (%s) is told apart", (_layout, bytes, characters) => {
    const text = urlsafe(Buffer.concat([Buffer.from([2, 0]), key, Buffer.alloc(bytes - 258)])).replace(/=+$/, "");
    expect(text).toHaveLength(characters);
    expect(reason(text)).toMatch(/Pyrogram session string/);
  });

  test("a cut, damaged or keyless string gets a reason", () => {
    expect(reason(telethon(IPV4).slice(0, 345))).toMatch(/not a complete session string/);
    expect(reason(telethon(IPV4, 77))).toMatch(/no data centre/);
    const keyless = Buffer.concat([Buffer.from([2]), IPV4, Buffer.alloc(258)]);
    expect(reason(`1${keyless.toString("base64")}`)).toBe(
      "This Telethon string has no authorisation key: its login was never finished. Log the account in and upload it again.",
    );
    expect(reason(`2${telethon(IPV4).slice(1)}`)).toMatch(/not a complete session string/);
  });

  test.each([1, 2, 3, 4, 5])("there is a data centre %i", (dc) => {
    expect(read(telethon(IPV4, dc))).toMatchObject({ ok: true, secret: { dcId: dc } });
  });

  test.each([0, 6])("there is no data centre %i", (dc) => {
    expect(reason(telethon(IPV4, dc))).toBe(
      "This looks like a Telethon string, but it is damaged: it names no data centre of Telegram's.",
    );
  });
});

describe("SQLite files", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "reader-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const sqlite = (schema: string, insert?: string, ...values: Array<string | number | null | Uint8Array>): Buffer => {
    const file = join(folder, "made.session");
    const database = new DatabaseSync(file);
    database.exec(schema);
    if (insert !== undefined) database.prepare(insert).run(...values);
    database.close();
    const content = readFileSync(file);
    rmSync(file);
    return content;
  };
  const TELETHON =
    "CREATE TABLE sessions (dc_id integer primary key, server_address text, port integer, auth_key blob, takeout_id integer)";

  test("a Telethon file, with the columns in any order and more rows than one", () => {
    const content = sqlite(
      `CREATE TABLE version (version integer primary key);
       CREATE TABLE sessions (takeout_id integer, auth_key blob, tmp_auth_key blob, port integer, server_address text, dc_id integer primary key);
       INSERT INTO sessions (dc_id, auth_key) VALUES (1, x'')`,
      "INSERT INTO sessions (dc_id, server_address, port, auth_key) VALUES (?, ?, ?, ?)",
      4,
      "149.154.167.91",
      443,
      key,
    );
    const result = read(content);
    expect(result).toMatchObject({
      ok: true,
      secret: { dcId: 4, host: "149.154.167.91", port: 443 },
    });
    expect(result.ok && Buffer.from(result.secret.authKey).equals(key)).toBe(true);
  });

  test("a Pyrogram file, a foreign database, a view, a file without a key, one of no real data centre and a torn file get a reason", () => {
    const pyrogram =
      "CREATE TABLE sessions (dc_id integer primary key, api_id integer, test_mode integer, auth_key blob, date integer, user_id integer, is_bot integer)";
    expect(reason(sqlite(pyrogram))).toMatch(/Pyrogram file/);
    expect(reason(sqlite("CREATE TABLE cookies (name text)"))).toMatch(/no table “sessions”/);
    expect(reason(sqlite("CREATE VIEW sessions AS SELECT 1 AS dc_id"))).toMatch(/no table “sessions”/);
    expect(reason(sqlite("CREATE TABLE sessions (dc_id integer)"))).toMatch(/columns/);
    expect(reason(sqlite(TELETHON, "INSERT INTO sessions VALUES (2, '', 443, NULL, NULL)"))).toMatch(/never finished/);
    for (const [dc, why] of [
      [10_002, /belongs to Telegram's test servers/],
      [6, /names no data centre/],
    ] as const)
      expect(reason(sqlite(TELETHON, "INSERT INTO sessions VALUES (?, '', 443, ?, NULL)", dc, key))).toMatch(why);
    const whole = sqlite(TELETHON, "INSERT INTO sessions VALUES (2, '', 443, ?, NULL)", key);
    expect(reason(whole.subarray(0, whole.length - 2000))).toMatch(/damaged|never finished/);
    expect(reason(Buffer.concat([whole.subarray(0, 16), randomBytes(500)]))).toMatch(/damaged/);
  });

  const INSERT = "INSERT INTO sessions VALUES (?, ?, ?, ?, NULL)";

  test.each([
    ["10.0.0.7", "10.0.0.7"],
    ["", null],
    [null, null],
    [Buffer.from("10.0.0.7"), null],
  ])("the address %j is read as %j", (stored, host) => {
    expect(read(sqlite(TELETHON, INSERT, 2, stored, 443, key))).toMatchObject({ ok: true, secret: { host } });
  });

  test.each([
    [1, 1],
    [65_535, 65_535],
    [0, null],
    [-1, null],
    [65_536, null],
    [null, null],
    ["https", null],
  ])("the port %j is read as %j", (stored, port) => {
    expect(read(sqlite(TELETHON, INSERT, 2, "", stored, key))).toMatchObject({ ok: true, secret: { port } });
  });

  test.each([
    ["is cut", key.subarray(1)],
    ["is empty", new Uint8Array()],
    ["is a text", "k".repeat(256)],
    ["is nothing but zeros", Buffer.alloc(256)],
  ])("a file whose key %s was never logged in", (_what, stored) => {
    expect(reason(sqlite(TELETHON, INSERT, 2, "", 443, stored))).toMatch(
      /^This Telethon file has no authorisation key/,
    );
  });

  test.each([
    [10_000, /names no data centre/],
    [10_001, /belongs to Telegram's test servers/],
  ])("a file of data centre %i is refused", (dc, why) => {
    expect(reason(sqlite(TELETHON, INSERT, dc, "", 443, key))).toMatch(why);
  });

  test.each(["dc_id", "server_address", "port", "auth_key"])(
    "a file without the column %s is no Telethon one",
    (column) => {
      expect(reason(sqlite(TELETHON.replace(column, "another")))).toMatch(/its columns are others than Telethon's/);
    },
  );

  test("what Telethon and Pyrogram both may have does not make a Telethon file Pyrogram's", () => {
    for (const column of ["user_id", "test_mode"]) {
      const schema = TELETHON.replace("takeout_id", column);
      expect(read(sqlite(schema, INSERT, 2, "", 443, key))).toMatchObject({ ok: true });
    }
  });

  test("a file that no client would have grown so large is not written anywhere", () => {
    const huge = Buffer.alloc(64 * 1024 * 1024 + 1);
    huge.write("SQLite format 3\0");
    expect(reason(huge)).toMatch(/larger than a session file can be/);
  });

  test("nothing of an upload stays on disk", () => {
    const ours = () => readdirSync(tmpdir()).filter((name) => name.startsWith("herald-session-"));
    const before = ours();
    read(sqlite(TELETHON, "INSERT INTO sessions VALUES (2, '', 443, ?, NULL)", key));
    read(Buffer.concat([Buffer.from("SQLite format 3\0"), randomBytes(500)]));
    expect(ours()).toEqual(before);
  });
});

test("anything else gets a reason that says what to do and shows nothing of the content", () => {
  expect(reason("")).toMatch(/empty/);
  expect(reason('{"app_id": 1, "twoFA": "hunter2"}')).toMatch(/\.session file beside it/);
  expect(reason(Buffer.from("PK\u0003\u0004"))).toMatch(/zip/);
  for (const text of ["PX", "XK", "P"]) expect(reason(text)).toMatch(/no session that Herald knows/);
  expect(reason(`"${telethon(IPV4)}'`)).toMatch(/no session that Herald knows/);
  expect(reason(`here: ${telethon(IPV4)}`)).toMatch(/no session that Herald knows/);
  expect(reason(`${telethon(IPV4)}\n${telethon(IPV4)}`)).toMatch(/several session strings/);
  const secret = `hunter2 ${key.toString("base64")}`;
  expect(reason(secret)).toMatch(/no session that Herald knows/);
  for (const content of [secret, telethon(IPV4).slice(0, 345), telethon(IPV4, 77)])
    expect(reason(content)).not.toContain(content.slice(2, 12));
});
