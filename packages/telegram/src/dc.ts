/** A data centre's address. */
export interface DcAddress {
  id: number;
  /** IP address or name, without brackets */
  host: string;
  port: number;
}

/** Telegram's production data centres (IPv4), as every client has them built in. https://core.telegram.org/method/help.getConfig */
const PRODUCTION: Readonly<Record<number, string>> = {
  1: "149.154.175.53",
  2: "149.154.167.51",
  3: "149.154.175.100",
  4: "149.154.167.91",
  5: "91.108.56.130",
};
const PRODUCTION_PORT = 443;

/** The production address of DC `id`; undefined when Telegram has none of that number. */
export function productionDc(id: number): DcAddress | undefined {
  const host = PRODUCTION[id];
  return host === undefined ? undefined : { id, host, port: PRODUCTION_PORT };
}

/** Reads `<dc id>:<host>:<port>`, for example `2:127.0.0.1:4430` or `2:[::1]:4430`. Throws an error that shows the form. */
export function parseDc(text: string): DcAddress {
  const [, id, host, port] = /^([1-9]\d{0,4}):(\[[0-9a-f:.]+\]|[a-z0-9.-]+):(\d{1,5})$/i.exec(text.trim()) ?? [];
  if (id === undefined || host === undefined || Number(port) < 1 || Number(port) > 65_535)
    throw new Error(`“${text}” is no data centre. Write <dc id>:<host>:<port>, for example 2:127.0.0.1:4430.`);
  return { id: Number(id), host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}
