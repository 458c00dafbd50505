import pg from "pg";

/** Between two tries to connect again, in ms: doubled up to the second. */
const BACKOFF_MS = { first: 50, most: 1_000 };
/** PostgreSQL notices within some 15 s that a machine has gone without a word, and frees what its connections held. */
const KEEPALIVES = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=3 -c tcp_keepalives_count=3";

/** A connection of one's own that is made again whenever it breaks: for what lives and dies with a connection. */
export interface KeptConnection {
  /** when it broke; null while it stands */
  readonly brokenSince: Date | null;
  close(): Promise<void>;
}

/**
 * Connects, and stays connected until it is closed.
 *
 * @param setUp runs on each new connection, the first included; where it throws, the connection is made anew
 * @throws what the first connection or its `setUp` threw
 */
export async function keepConnected(
  url: string,
  name: string,
  setUp: (client: pg.Client, first: boolean) => Promise<void>,
): Promise<KeptConnection> {
  let closed = false;
  let current: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let brokenSince: Date | null = null;

  const connect = async (first: boolean): Promise<void> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: name,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      options: KEEPALIVES,
    });
    let ended = false;
    client.on("error", () => {}); // `end` follows
    client.on("end", () => {
      ended = true;
      if (current === client) again(BACKOFF_MS.first);
    });
    try {
      await client.connect();
      await setUp(client, first);
      if (ended) throw new Error("Connection terminated unexpectedly");
    } catch (error) {
      client.end().catch(() => {}); // it failed: nobody needs to see it off
      throw error;
    }
    current = client;
    brokenSince = null;
    if (closed) await client.end();
  };
  const again = (wait: number): void => {
    current = undefined;
    if (closed) return;
    brokenSince ??= new Date();
    timer = setTimeout(() => connect(false).catch(() => again(Math.min(wait * 2, BACKOFF_MS.most))), wait);
  };

  await connect(true);
  return {
    get brokenSince() {
      return brokenSince;
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await current?.end();
    },
  };
}
