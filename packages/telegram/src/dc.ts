/** A data centre's address. */
export interface DcAddress {
  id: number;
  /** IP address or name, without brackets */
  host: string;
  port: number;
}

/** Telegram's production data centres, as every client has them built in. https://core.telegram.org/method/help.getConfig */
const PRODUCTION: Readonly<Record<number, readonly string[]>> = {
  1: ["149.154.175.53", "2001:b28:f23d:f001::a"],
  2: ["149.154.167.51", "2001:67c:4e8:f002::a"],
  3: ["149.154.175.100", "2001:b28:f23d:f003::a"],
  4: ["149.154.167.91", "2001:67c:4e8:f004::a"],
  5: ["91.108.56.130", "2001:b28:f23f:f005::a"],
};
const PRODUCTION_PORT = 443;

/** Telegram's test data centres, a world of their own: no real account is there. https://core.telegram.org/api/auth#test-accounts */
const TEST = new Set([
  "149.154.175.10",
  "149.154.167.40",
  "149.154.175.117",
  "2001:b28:f23d:f001::e",
  "2001:67c:4e8:f002::e",
  "2001:b28:f23d:f003::e",
]);

/** Web clients' names of data centres answer to WebSockets only. https://core.telegram.org/mtproto/transports#websocket */
const WEB = /\.web\.telegram\.org$/i;

/** What a session says of its data centre; host and port are null where its format has none. */
interface SessionDc {
  dcId: number;
  host: string | null;
  port: number | null;
}

/**
 * Where a session's data centre may be found, best first: what the session says itself, what is built in, what Telegram said
 * to an account before (`learned`). Nothing when there is no data centre of that number; `test` when it is one of Telegram's test servers.
 */
export function addressesOf({ dcId, host, port }: SessionDc, learned: readonly DcAddress[]): DcAddress[] | "test" {
  if (host !== null && TEST.has(host.toLowerCase())) return "test";
  const own = host === null || host === "" || WEB.test(host) ? [] : [{ id: dcId, host, port: port ?? PRODUCTION_PORT }];
  const builtIn = (PRODUCTION[dcId] ?? []).map((known) => ({ id: dcId, host: known, port: PRODUCTION_PORT }));
  const all = [...own, ...builtIn, ...learned.filter(({ id }) => id === dcId)];
  return all.filter(
    (one, place) => place === all.findIndex(({ host, port }) => host === one.host && port === one.port),
  );
}

/** Reads `<dc id>:<host>:<port>`, for example `2:127.0.0.1:4430` or `2:[::1]:4430`. Throws an error that shows the form. */
export function parseDc(text: string): DcAddress {
  const [, id, host, port] = /^([1-9]\d{0,4}):(\[[0-9a-f:.]+\]|[a-z0-9.-]+):(\d{1,5})$/i.exec(text.trim()) ?? [];
  if (id === undefined || host === undefined || Number(port) < 1 || Number(port) > 65_535)
    throw new Error(`“${text}” is no data centre. Write <dc id>:<host>:<port>, for example 2:127.0.0.1:4430.`);
  return { id: Number(id), host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}
