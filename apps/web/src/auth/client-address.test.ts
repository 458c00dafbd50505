import { expect, test } from "vitest";
import { clientAddress } from "./client-address";

const PEER = "192.0.2.1";

test.each([
  ["nobody in front", undefined, 0, PEER],
  ["nobody in front, and a claim", "203.0.113.9", 0, PEER],
  ["one proxy", "203.0.113.9", 1, "203.0.113.9"],
  ["one proxy, and a claim", "6.6.6.6, 203.0.113.9", 1, "203.0.113.9"],
  ["one proxy, and many claims", "6.6.6.6,7.7.7.7,  203.0.113.9", 1, "203.0.113.9"],
  ["two proxies", "203.0.113.9, 198.51.100.7", 2, "203.0.113.9"],
  ["two proxies, and a claim", "6.6.6.6, 203.0.113.9, 198.51.100.7", 2, "203.0.113.9"],
  ["who went round the proxies", undefined, 1, PEER],
  ["who went round one of two", "6.6.6.6", 2, PEER],
  ["an entry with a port", "203.0.113.9:4711", 1, "203.0.113.9"],
  ["an entry that is no address", "unknown", 1, PEER],
  ["an entry that is empty", "6.6.6.6, ", 1, PEER],
  ["an entry that breaks lines", "203.0.113.9\n6.6.6.6", 1, PEER],
])("%s", (_, forwarded, proxies, address) => {
  expect(clientAddress(PEER, forwarded, proxies)).toBe(address);
});

test.each([
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2:ffff::9", "2001:db8:1:2::/64"],
  ["2001:db8::9", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["[2001:db8:1:2::1]:4711", "2001:db8:1:2::/64"],
  ["::ffff:203.0.113.9", "203.0.113.9"],
  ["::ffff:cb00:7109", "203.0.113.9"],
])("%s is %s", (peer, address) => {
  expect(clientAddress(peer, undefined, 0)).toBe(address);
  expect(clientAddress(PEER, peer, 1)).toBe(address);
});

test("a household has its half of an IPv6 address in common, and no more", () => {
  const of = (peer: string) => clientAddress(peer, undefined, 0);
  expect(of("2001:db8:1:2::1")).toBe(of("2001:db8:1:2:aaaa:bbbb:cccc:dddd"));
  expect(of("2001:db8:1:2::1")).not.toBe(of("2001:db8:1:3::1"));
});
