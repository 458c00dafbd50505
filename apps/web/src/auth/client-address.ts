import { isIP, isIPv4 } from "node:net";

/**
 * Where a request comes from, so that nobody chooses it: each proxy adds to the right of `X-Forwarded-For` whom it heard, so
 * with N of our own proxies in front the N-th entry from the right is the last that one of ours has written. All to the left
 * of it is what the client claims.
 *
 * @param peer the socket's address
 * @param forwarded the header `X-Forwarded-For`
 * @param trustedProxies how many proxies of ours every request comes through
 * @returns an IPv4 address, or the first half of an IPv6 one (`2001:db8:1:2::/64`): a household has the other half for itself
 */
export function clientAddress(peer: string, forwarded: string | undefined, trustedProxies: number): string {
  const hops = forwarded === undefined ? [] : forwarded.split(",");
  const claimed = trustedProxies === 0 ? undefined : hops.at(-trustedProxies);
  return (claimed === undefined ? null : network(claimed)) ?? network(peer) ?? "unknown";
}

/** Null for what is no address. */
function network(text: string): string | null {
  const address = bare(text.trim());
  if (isIPv4(address)) return address;
  if (isIP(address) === 0) return null;
  const [head = "", tail = ""] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const parts = (half: string) => (half === "" ? [] : half.split(":"));
  const [left, right] = [parts(head), parts(tail)];
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill("0"), ...right];
  const [, , , , , mapped, high = "", low = ""] = groups;
  if (mapped === "ffff" && groups.slice(0, 5).every((group) => group === "0")) return ipv4(high, low);
  return `${groups.slice(0, 4).join(":")}::/64`;
}

/** Without port, brackets and zone: `1.2.3.4:56`, `[::1]:56`, `fe80::1%eth0`. */
const bare = (text: string): string =>
  (/^\[([^\]]*)\]/.exec(text)?.[1] ?? text).replace(/%.*$/, "").replace(/^([\d.]+):\d+$/, "$1");

const ipv4 = (...groups: string[]): string =>
  groups
    .map((group) => Number.parseInt(group, 16))
    .flatMap((bits) => [bits >> 8, bits & 0xff])
    .join(".");
