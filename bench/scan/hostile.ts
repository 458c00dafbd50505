// Values that have broken programs before, wherever they came in.

/** Texts by what they try: each kind is tried as often as any other. */
export const HOSTILE_TEXTS = {
  /** what PostgreSQL cannot store */
  unstorable: ["\u0000", "a\u0000b", "file.session\u0000.txt", "\ud800", "a\udc00\ud800b"],
  /** what is not what it looks like, or does not look like anything */
  unseen: ["", " ", "\u202etxt.exe", "\u2066\u200f\u202a", "\u200b", "\ufeff", "\ufffe\uffff", "\u001b[2J\u0007"],
  lines: ["a\r\nb", "2030-01-01T00:00:00.000Z error forged line\n", "\u2028", "\u0085"],
  code: [
    "' OR 1=1 --",
    "'; DROP TABLE users; --",
    "$1",
    "%s%n%d",
    "\\",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "{{7*7}}",
  ],
  paths: ["../../../../etc/passwd", "..\\..\\windows", "/dev/null", "//evil.example", "/\t/evil.example"],
  words: ["__proto__", "constructor", "toString", "null", "undefined", "NaN"],
  numbers: ["-1", "0x10", "1e999", "9223372036854775808", "99999999999999999999999999", "٣"],
  moments: [
    "0000-01-01T00:00:00Z",
    "0000-12-31T23:59:59.999Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "2024-02-30T00:00:00Z",
    "2030-01-01T24:00:00Z",
  ],
  ids: [
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "Etc/GMT+14",
    "posix/Europe/Kyiv",
    `@${"a".repeat(33)}`,
    "https://t.me/c/9999999999999999/1",
    "https://t.me/name/99999999999",
    "tg://resolve?domain=%00",
    "-1003000000000001",
  ],
  long: [
    "a".repeat(64),
    "a".repeat(65),
    "a".repeat(10_000),
    "ﷺ".repeat(20),
    "e\u0301".repeat(40),
    "👨‍👩‍👧‍👦".repeat(20),
    "ı".repeat(81),
  ],
} as const satisfies Record<string, readonly string[]>;

export const HOSTILE_NUMBERS: readonly number[] = [
  0,
  -0,
  -1,
  0.5,
  1e-320,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 63),
  1e21,
  1e308,
];

const nested = (depth: number, wrap: (inner: unknown) => unknown): unknown =>
  Array.from({ length: depth }).reduce(wrap, null);

/** What stands where something else belongs. */
export const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  [],
  {},
  [[]],
  [null],
  { length: -1 },
  { toString: "x", valueOf: null },
  JSON.parse('{"__proto__":{"role":"admin"}}'),
  { constructor: { prototype: { role: "admin" } } },
  nested(500, (inner) => [inner]),
  nested(500, (inner) => ({ a: inner })),
  Array.from({ length: 5001 }, () => "a"),
];

/** Bodies that are no JSON, or JSON that no `JSON.stringify` writes. */
export const HOSTILE_BODIES: readonly string[] = [
  "",
  " ",
  "{",
  "nul",
  '{"a":1}{"a":1}',
  "{'a':1}",
  "\ufeff{}",
  "1e999",
  '{"json":{"a":1}}',
  '{"id":"a","id":"b"}',
  "[".repeat(5_000),
  `${"[".repeat(5_000)}${"]".repeat(5_000)}`,
  '{"a":'.repeat(2_000),
  '"\\ud800"',
  "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
  "a=1&b=2",
  `"${"a".repeat(60_000)}"`,
];

/** Files that are no session. */
export const HOSTILE_FILES: readonly string[] = [
  "",
  "SQLite format 3\u0000 and nothing more",
  `SQLite format 3\u0000${"\u0000".repeat(4096)}`,
  "1",
  `1${"A".repeat(352)}`,
  `1${"=".repeat(352)}`,
  "\u0000".repeat(300),
  "PK\u0003\u0004",
  "{}",
  "a".repeat(60_000),
];

/** What may stand in an address after `/`. */
export const HOSTILE_PATHS: readonly string[] = [
  "",
  "trpc",
  "trpc/",
  "trpc/bot",
  "trpc/bot.",
  "trpc/bot.constructor",
  "trpc/__proto__",
  "trpc/toString",
  "trpc/bot.status/../users.list",
  "trpc/bot.status%00",
  "trpc/%2e%2e/live",
  "trpc/%",
  "trpc/%zz",
  "trpc/%ff",
  "trpc/\u{1f600}",
  `trpc/${"a".repeat(6_000)}`,
  `trpc/${"a,".repeat(500)}?batch=1`,
  "trpc/bot.status?input=%",
  "trpc/bot.status?input={",
  "trpc/bot.status,bot.status?batch=1&input=[]",
  "trpc/bot.status,bot.status?batch=1&input=null",
  "trpc/bot.status,users.list?batch=1",
  "trpc/bot.log?batch=1&input=%7B%220%22%3A1%7D",
  "api",
  "api/",
  "api/bot/start/",
  "api/bot/start?x[]=1&x[__proto__]=2",
  "api/../live",
  "api//bot/status",
  "API/BOT/STATUS",
  "api/bot/status;a=b",
  "api/bot/status%2f..",
  ".env",
  ".git/config",
  "live/",
  "ready?%00",
  "*",
];
