import { expect, test } from "vitest";
import { addressesOf, parseDc } from "../src/dc.ts";

test("a data centre is read from one line", () => {
  expect(parseDc("2:127.0.0.1:4430")).toEqual({ id: 2, host: "127.0.0.1", port: 4430 });
  expect(parseDc(" 10002:[::1]:443 ")).toEqual({ id: 10_002, host: "::1", port: 443 });
  expect([parseDc("2:a:1").port, parseDc("2:a:65535").port]).toEqual([1, 65_535]);
  expect(parseDc("4:telegram.internal:80")).toEqual({ id: 4, host: "telegram.internal", port: 80 });
});

test.each(["", "127.0.0.1:4430", "0:127.0.0.1:4430", "2:a:0", "2:a:65536", "2:a b:1", "x2:a:1", "2:a:1x"])(
  "“%s” is refused with the form to write",
  (text) => expect(() => parseDc(text)).toThrow(/<dc id>:<host>:<port>/),
);

const hosts = (dcId: number, host: string | null, port: number | null = null) => {
  const found = addressesOf({ dcId, host, port }, [
    { id: 2, host: "149.154.167.41", port: 443 },
    { id: 4, host: "149.154.167.99", port: 443 },
    { id: 2, host: "149.154.167.51", port: 443 },
  ]);
  return found === "test" ? found : found.map((one) => `${one.id} ${one.host} ${one.port}`);
};
const BUILT_IN = ["2 149.154.167.51 443", "2 2001:67c:4e8:f002::a 443"];
const LEARNED = "2 149.154.167.41 443";

test("the session's own address comes first, then the built-in ones, then those that Telegram told; each once", () => {
  expect(hosts(2, "10.0.0.7", 8443)).toEqual(["2 10.0.0.7 8443", ...BUILT_IN, LEARNED]);
  expect(hosts(2, "10.0.0.7")).toEqual(["2 10.0.0.7 443", ...BUILT_IN, LEARNED]);
  expect(hosts(2, "149.154.167.51", 80)).toEqual(["2 149.154.167.51 80", ...BUILT_IN, LEARNED]);
  expect(hosts(2, "149.154.167.51", 443)).toEqual([...BUILT_IN, LEARNED]);
  expect(hosts(2, null)).toEqual([...BUILT_IN, LEARNED]);
  expect(hosts(2, "")).toEqual([...BUILT_IN, LEARNED]);
});

test("an address that only web clients can use is passed over", () => {
  expect(hosts(2, "venus.web.telegram.org", 443)).toEqual([...BUILT_IN, LEARNED]);
});

test.each(["149.154.175.10", "149.154.167.40", "149.154.175.117", "2001:67C:4e8:f002::e"])(
  "%s is a test server, whatever the session says besides",
  (host) => expect(hosts(2, host, 443)).toBe("test"),
);

test("production has five data centres", () => {
  for (const id of [1, 2, 3, 4, 5]) expect(addressesOf({ dcId: id, host: null, port: null }, [])).toHaveLength(2);
  expect(addressesOf({ dcId: 6, host: null, port: null }, [])).toEqual([]);
});
