import { randomBytes, randomInt } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { type Control, startControl } from "./control/server.ts";
import { Counters } from "./counters.ts";
import type { Emulator, EmulatorOptions } from "./emulator.ts";
import { Faults } from "./faults.ts";
import { Connection, type ConnectionEvents } from "./mtproto/connection.ts";
import { generateRsaKey, readRsaKey } from "./mtproto/rsa-key.ts";
import { MtprotoServer } from "./mtproto/server.ts";
import { DeliveryRecord } from "./record.ts";
import { ApiIdWatch } from "./rpc/api-id-watch.ts";
import type { DataCentre } from "./rpc/context.ts";
import { Dispatcher } from "./rpc/dispatcher.ts";
import { UpdateHub } from "./rpc/update-hub.ts";
import { Layers } from "./tl/schemas.ts";
import { Logins } from "./world/logins.ts";
import { World } from "./world/world.ts";

/** How often connections are checked for an overdue ping. Milliseconds. */
const SWEEP_MS = 1000;

/** Starts a Telegram server on loopback. @throws Error when a port is in use or the RSA key is unfit */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const host = options.host ?? "127.0.0.1";
  const seed = options.seed ?? 1;
  const log = options.log ?? (() => {});
  const world = options.world ?? new World({ seed });
  const rsaKey = options.rsaPrivateKeyPem ? readRsaKey(options.rsaPrivateKeyPem) : generateRsaKey();
  const counters = new Counters();
  const record = new DeliveryRecord();
  const faults = new Faults(seed);
  const layers = new Layers(options.schemas);
  const server = new MtprotoServer({ world, counters, rsaKey, log });
  const hub = new UpdateHub({ server, world, layers, counters });
  const connections = new Set<Connection>();
  const dcs: DataCentre[] = [];
  let pausedUntil = 0;

  const pause = (ms: number) => {
    pausedUntil = Math.max(pausedUntil, Date.now() + ms);
    for (const connection of connections) connection.pause();
    setTimeout(() => {
      if (Date.now() < pausedUntil) return;
      for (const connection of connections) connection.resume();
    }, ms);
  };
  const logins = new Logins();
  const apiIdWatch = new ApiIdWatch();
  const dispatcher = new Dispatcher({
    ...{ world, server, layers, faults, record, counters, logins, hub, apiIdWatch, pause, log },
    dcs: () => dcs,
  });
  server.onRequest = (session, connection, message, body) => dispatcher.handle(session, connection, message, body);

  server.serviceFault = (name, session) => {
    const accountId = session.key.account?.id;
    return faults.match({ method: `mtproto.${name}`, needsLogin: false, accountId, chatId: undefined, randomIds: [] });
  };

  const events: ConnectionEvents = {
    packet: (connection, packet) => server.receive(connection, packet),
    refused: (connection, reason) => {
      counters.connectionsRefused++;
      log(`connection ${connection.id} refused: ${reason}`);
    },
    slowReader: (connection) => {
      counters.slowReaders++;
      log(`connection ${connection.id} cut: it does not read`);
    },
    closed: (connection) => {
      counters.connectionsOpen--;
      connections.delete(connection);
      apiIdWatch.end(
        connection,
        [...server.sessionsOver(connection)].map((session) => session.key),
      );
      server.detach(connection);
    },
  };
  const accept = (dc: number, socket: Socket) => {
    counters.connectionsOpen++;
    const connection = new Connection(++counters.connectionsAccepted, dc, socket, events);
    connections.add(connection);
    if (Date.now() < pausedUntil) connection.pause();
  };

  const listeners: Server[] = [];
  for (const dc of [{ id: world.defaultDc, host, port: options.port ?? 0 }, ...(options.moreDcs ?? [])]) {
    const listener = createServer((socket) => accept(dc.id, socket));
    await listen(listener, dc.host ?? host, dc.port ?? 0);
    listeners.push(listener);
    dcs.push({ id: dc.id, host: dc.host ?? host, port: (listener.address() as AddressInfo).port });
  }
  const sweep = setInterval(() => {
    const now = Date.now();
    for (const connection of connections) if ((connection.disconnectAt ?? now) < now) connection.close();
  }, SWEEP_MS);

  const disconnect = (accountId?: number) => {
    for (const connection of connections) {
      const accounts = [...server.sessionsOver(connection)].map((session) => session.key.account?.id);
      if (accountId === undefined || accounts.includes(accountId)) connection.close();
    }
  };
  const controlToken = options.controlToken ?? randomBytes(32).toString("base64url");
  let control: Control | undefined;
  let stopping: Promise<void> | undefined;
  const first = dcs[0] as DataCentre;
  const emulator: Emulator = {
    ...{ host: first.host, port: first.port, dcs, world, faults, record, counters, pause, disconnect },
    controlToken,
    get controlUrl() {
      return control?.url;
    },
    apiIds: () => apiIdWatch.uses(),
    acceptLoginToken: (token, account) => {
      // Clients show tg://login?token=<base64url>.
      const found = world.loginTokens.find(Buffer.from(token.replace(/^tg:\/\/login\?token=/, ""), "base64url"));
      if (!found || found.expiresAt < world.now()) return false;
      world.acceptLoginToken(found, account);
      return true;
    },
    dc: `${first.id}:${first.host}:${first.port}`,
    rsaPublicKeyPem: rsaKey.publicPem,
    rsaFingerprint: rsaKey.fingerprint,
    stop: () => {
      stopping ??= (async () => {
        clearInterval(sweep);
        hub.stop();
        await control?.stop();
        const closed = listeners.map((listener) => new Promise((resolve) => listener.close(resolve)));
        disconnect();
        await Promise.all(closed);
      })();
      return stopping;
    },
  };
  if (options.controlPort !== undefined) control = await startControl(emulator, options.controlPort, controlToken);
  return emulator;
}

/** GramJS's string sessions can't hold a higher port, and the system's own free ports begin above. */
const FREE_PORTS = { first: 20_000, last: 32_767 };
const FREE_PORT_TRIES = 50;

async function listen(listener: Server, host: string, port: number): Promise<void> {
  if (port !== 0) return listenOn(listener, host, port);
  for (let tries = 1; ; tries++) {
    try {
      return await listenOn(listener, host, randomInt(FREE_PORTS.first, FREE_PORTS.last + 1));
    } catch (error) {
      if (tries === FREE_PORT_TRIES) throw error;
    }
  }
}

function listenOn(listener: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      const inUse = error.code === "EADDRINUSE";
      reject(inUse ? new Error(`port ${port} on ${host} is in use; choose another, or 0 for a free one`) : error);
    };
    listener.once("error", fail);
    // Thousands of clients may come back at the same moment.
    listener.listen({ port, host, backlog: 4096 }, () => {
      listener.off("error", fail);
      resolve();
    });
  });
}
