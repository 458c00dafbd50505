import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createKeyring } from "../src/keyring.ts";
import { createSessionSeal } from "../src/session-seal.ts";

const [a, b, c] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const idOf = (key: Buffer) => createHash("sha256").update(key).digest("hex").slice(0, 8);
const plain = Buffer.from("0123456789abcdef0123456789abcdef");
const only = (current: Uint8Array, ...old: Uint8Array[]) => createKeyring({ current, old });
const text = (ring: ReturnType<typeof only>, context: string, sealed: Uint8Array) => {
  const opened = ring.open(context, sealed);
  return opened.ok ? Buffer.from(opened.plain).toString() : opened.reason;
};

/** As the version before key ids sealed: session files with this magic, api_hashes with none. */
function before(key: Buffer, magic: string, context: string, content: string): Buffer {
  const head = Buffer.from(magic, "latin1");
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.concat([head, Buffer.from(context)]));
  const body = Buffer.concat([cipher.update(content, "utf8"), cipher.final()]);
  return Buffer.concat([head, iv, cipher.getAuthTag(), body]);
}

test("what A sealed opens after the rotation to B, and no more once A is forgotten: the missing key is named, not shown", () => {
  const sealed = only(a).seal("api_id 7", plain);
  expect(Buffer.from(sealed).subarray(0, 9).toString("latin1")).toBe(
    `HRLD\x02${Buffer.from(idOf(a), "hex").toString("latin1")}`,
  );
  expect(text(only(b, c, a), "api_id 7", sealed)).toBe(plain.toString());
  const reason = text(only(b), "api_id 7", sealed);
  expect(reason).toContain(`the key ${idOf(a)},`);
  for (const key of [a, b])
    for (const form of ["hex", "base64"] as const) expect(reason).not.toContain(key.toString(form).slice(0, 10));
  expect(only(b, c, b, a).keyIds).toEqual([b, c, a].map(idOf));
  expect([only(a).isCurrent(sealed), only(b, a).isCurrent(sealed)]).toEqual([true, false]);
});

test("both layouts of before open, with the current key and with an old one, and are not current", () => {
  for (const magic of ["HRLD\x01", ""]) {
    const sealed = before(a, magic, "api_id 7", plain.toString());
    for (const ring of [only(a), only(b, c, a)]) {
      expect(text(ring, "api_id 7", sealed)).toBe(plain.toString());
      expect(ring.isCurrent(sealed)).toBe(false);
      expect(text(ring, "api_id 8", sealed)).toMatch(/damaged, or was sealed/);
    }
    expect(text(only(b), "api_id 7", sealed)).toMatch(/neither SESSION_KEY nor in SESSION_KEYS_OLD/);
  }
});

test("nothing that was changed, cut or meant for another context opens", () => {
  const ring = only(a, b);
  const sealed = ring.seal("s1", plain);
  expect(text(ring, "s2", sealed)).toMatch(/belongs to something else/);
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Uint8Array.from(sealed, (byte, index) => (index === at ? byte ^ 1 : byte));
    expect(ring.open("s1", changed).ok).toBe(false);
    expect(ring.open("s1", sealed.subarray(0, at)).ok).toBe(false);
  }
});

test("what is empty opens as empty, in every layout", () => {
  expect(text(only(a), "s1", only(a).seal("s1", Buffer.alloc(0)))).toBe("");
  for (const magic of ["HRLD\x01", ""]) expect(text(only(b, a), "s1", before(a, magic, "s1", ""))).toBe("");
});

test("what is no sealed thing at all is damaged, and nobody knows by which key", () => {
  const damaged = "it is damaged, or was sealed with a key that is neither SESSION_KEY nor in SESSION_KEYS_OLD";
  for (const content of ["", "plain", "HRLD", "HRLD\x01", "x".repeat(27), "x".repeat(28), "x".repeat(100)]) {
    const sealed = Buffer.from(content);
    expect(text(only(a, b), "s1", sealed)).toBe(damaged);
    expect(only(a).isCurrent(sealed)).toBe(false);
  }
});

test("the key that is missing is named; of what is damaged none is", () => {
  const missing = (ring: ReturnType<typeof only>, sealed: Uint8Array) => {
    const opened = ring.open("s1", sealed);
    return opened.ok ? "opens" : opened.missingKey;
  };
  const sealed = only(a).seal("s1", plain);
  expect(missing(only(b, a), sealed)).toBe("opens");
  expect(missing(only(b, c), sealed)).toBe(idOf(a));
  expect(missing(only(b), sealed.subarray(0, 36))).toBeNull();
  expect(missing(only(a), sealed.subarray(0, -1))).toBeNull();
  for (const magic of ["HRLD\x01", ""]) {
    const old = before(a, magic, "s1", "");
    expect(missing(only(b), old)).toBe("unnamed");
    expect(missing(only(b), old.subarray(0, -1))).toBeNull();
  }
});

test("a session file that begins like none is damaged, whatever its length", () => {
  const seal = createSessionSeal(only(b));
  const sealed = createSessionSeal(only(a)).seal("s1", { dcId: 2, host: null, port: null, authKey: randomBytes(256) });
  expect(seal.missingKey("s1", sealed)).toBe(idOf(a));
  expect(seal.missingKey("s1", before(a, "HRLD\x01", "s1", "{}"))).toBe("unnamed");
  for (const damaged of [Buffer.alloc(400), Buffer.alloc(0), Buffer.from("HRL")])
    expect(seal.missingKey("s1", damaged)).toBeNull();
  expect(createSessionSeal(only(b, a)).missingKey("s1", sealed)).toBeNull();
});

test("a key of another length is refused, as the current one and as an old one", () => {
  expect(() => only(randomBytes(16))).toThrow("A session key has 16 bytes; it must have 32.");
  expect(() => only(a, randomBytes(31))).toThrow(/must have 32/);
});

test("a session file of before opens, and is sealed anew once", () => {
  const authKey = randomBytes(256);
  const content = JSON.stringify({ dcId: 2, host: null, port: null, authKey: authKey.toString("base64") });
  const seal = createSessionSeal(only(b, a));
  const old = before(a, "HRLD\x01", "s1", content);
  expect(seal.open("s1", old)).toEqual({ dcId: 2, host: null, port: null, authKey });
  const resealed = seal.reseal("s1", old);
  expect(createSessionSeal(only(b)).open("s1", resealed ?? old)).toEqual({ dcId: 2, host: null, port: null, authKey });
  expect(resealed && seal.reseal("s1", resealed)).toBeNull();
});

test("a session's secret opens as it was sealed, and for its own session alone", () => {
  const seal = createSessionSeal(only(a));
  const secret = { dcId: 4, host: "10.0.0.7", port: 8443, authKey: randomBytes(256) };
  const sealed = seal.seal("s1", secret);
  expect(seal.open("s1", sealed)).toEqual(secret);
  const why = "The file of session s2 does not open: it is damaged, or belongs to something else.";
  expect(() => seal.open("s2", sealed)).toThrow(why);
  expect(() => createSessionSeal(only(b, a)).reseal("s2", sealed)).toThrow(why);
});
