import { readFile } from "node:fs/promises";
import {
  CycleRunner,
  CycleWatch,
  createServices,
  type Dependencies,
  reconcileSessionFiles,
  removeUnsettledFiles,
  SessionLeases,
} from "@herald/core";
import { createDatabase, type Database } from "@herald/db";
import { createGateway, parseDc } from "@herald/telegram";
import { createKeyring, createSessionFiles, createSessionReader, createSessionSeal } from "@herald/vault";
import type { Logger } from "pino";
import { systemClock } from "./clock.ts";
import type { Environment } from "./env.ts";
import { hashes } from "./hashes.ts";
import { Health } from "./health.ts";
import { createHttp } from "./http.ts";
import { createLog } from "./log.ts";
import { LogFiles } from "./log-files.ts";
import { Queue } from "./queue.ts";
import { systemRandom } from "./random.ts";
import { requireKeys } from "./require-keys.ts";
import { startRetention } from "./retention.ts";
import { twoStepCodes } from "./two-step-codes.ts";

export interface Engine {
  /** where it listens */
  readonly url: string;
  readonly log: Logger;
  /** Readiness fails first, then no new cycles, lanes drain, clients are gone, HTTP, database. Idempotent. */
  stop(): Promise<void>;
}

/** The parts of an engine, wired and not started. */
export interface Parts {
  log: Logger;
  queue: Queue;
  database: Database;
  dependencies: Dependencies;
  logFiles: LogFiles;
}

/** Wires what the engine and its commands (with-services.ts) have in common. Connects to nothing but the database. */
export async function createParts(environment: Environment): Promise<Parts> {
  const env = environment;
  const log = createLog(env);
  const queue = new Queue(env.DATABASE_URL, log);
  const logFiles = new LogFiles(env.LOGS_DIR, (error) => log.error({ err: error }, "a log file cannot be written"));
  const keys = createKeyring({ current: env.SESSION_KEY, old: env.SESSION_KEYS_OLD });
  const database = await createDatabase({
    url: env.DATABASE_URL,
    engineId: env.ENGINE_ID,
    seal: keys,
    defaultCooldown: env.DEFAULT_COOLDOWN_SECONDS,
    enqueue: (db, job, startAt) => queue.enqueue(db, job, startAt),
    onLog: (line) => logFiles.append(line),
  });
  const rsaPublicKeyPem =
    env.TELEGRAM_RSA_PUBLIC_KEY === undefined ? undefined : await readFile(env.TELEGRAM_RSA_PUBLIC_KEY, "utf8");
  const gateway = createGateway({
    ...(env.TELEGRAM_DC === undefined ? {} : { dc: parseDc(env.TELEGRAM_DC) }),
    ...(rsaPublicKeyPem === undefined ? {} : { rsaPublicKeyPem }),
  });
  const seal = createSessionSeal(keys);
  const { store, views, events, ledger, leases } = database;
  const dependencies: Dependencies = {
    engineId: env.ENGINE_ID,
    store,
    views,
    events,
    ledger,
    leases: new SessionLeases(leases, systemClock, env.ENGINE_ID),
    gateway,
    sessionFiles:
      env.SESSION_STORE === "folder"
        ? createSessionFiles({ folder: env.SESSIONS_DIR, seal })
        : database.sessionRows(seal),
    sessionReader: createSessionReader(),
    hashes,
    twoStepCodes,
    clock: systemClock,
    random: systemRandom,
    onFault: (fault, what, about) => log.error({ err: fault, ...about }, what),
    settings: { breakerLimit: env.BREAKER_LIMIT, breakerWindowHours: env.BREAKER_WINDOW_HOURS },
  };
  return { log, queue, database, dependencies, logFiles };
}

/**
 * Starts an engine: database, queue, telegram, scheduler, http, in this order.
 * @throws Error when a key is missing that something stored needs, before anything is changed
 */
export async function startEngine(environment: Environment): Promise<Engine> {
  const env = environment;
  const { log, queue, database, dependencies, logFiles } = await createParts(env);

  await requireKeys(dependencies, env).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  await logFiles.closeToOthers();
  await queue.start();
  const { alone } = await database.engines.boot(env.ENGINE_ID);
  if (alone) {
    // every bot was just stopped: what stands in the queue belongs to a life before
    await queue.clear();
    const missing = await reconcileSessionFiles(dependencies.store, dependencies.sessionFiles);
    if (missing.length > 0)
      log.error({ sessions: missing }, "session files are missing: restore them, or remove the sessions");
  }

  const runner = new CycleRunner(dependencies);
  const watch = new CycleWatch({
    engineId: env.ENGINE_ID,
    engines: database.engines,
    clock: dependencies.clock,
    runner,
    queue,
    onFault: (error) => log.error({ err: error }, "the look for cycles that nobody runs has failed, and comes again"),
  });
  const health = new Health();
  const services = createServices(dependencies, () =>
    health.report({ engineId: env.ENGINE_ID, runner, watch, database, queue }),
  );
  const retention = startRetention(database, env.RETENTION_DAYS, log);

  const shutdown = new AbortController();
  const settling = removeUnsettledFiles(dependencies, shutdown.signal).then(
    (removed) => removed.length > 0 && log.warn({ sessions: removed }, "session files without a session were removed"),
    (error: unknown) => log.warn({ err: error }, "session files could not be compared; tried again at the next start"),
  );
  await queue.work((job) => runner.take(job));
  const watching = watch.run(shutdown.signal);

  const http = await createHttp({ services, jwtSecret: env.ENGINE_JWT_SECRET, log, isReady: () => health.isReady });
  const url = await http.listen({ host: env.ENGINE_HOST, port: env.ENGINE_PORT });

  const stop = async (): Promise<void> => {
    health.stopping();
    shutdown.abort();
    await Promise.all([watching, queue.drain(), runner.stop()]);
    await http.close();
    await retention.stop();
    await settling;
    await logFiles.flush();
    await queue.stop();
    await database.close();
  };
  let stopped: Promise<void> | null = null;
  return {
    url,
    log,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}
