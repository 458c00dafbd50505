#!/usr/bin/env node
// In place of Prisma's native schema engine, which is a download from a host that not every machine reaches: the same
// command line and JSON-RPC over stdio, answered by Prisma's own WebAssembly build of the engine over adapter-pg.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import * as wasm from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    datamodels: { type: "string", multiple: true },
    datasource: { type: "string" },
    "enabled-preview-features": { type: "string" },
    "extension-types": { type: "string" },
  },
});
const url = new URL((values.datasource && JSON.parse(values.datasource).url) || process.env.DATABASE_URL);
const database = decodeURIComponent(url.pathname.slice(1));
const schema = url.searchParams.get("schema") ?? undefined;

/** Connection settings as pg reads them, toward another database of the same server if `name` says so. */
function connectionTo(name = database) {
  const target = new URL(url);
  target.pathname = name;
  target.searchParams.delete("schema"); // Prisma's own parameter
  return { connectionString: target.href };
}

const [group, command] = positionals;
if (group === "cli") await runCommand(command);
else await serve();
process.exit(0);

/** What the CLI runs as a process of its own. */
async function runCommand(name) {
  const [where, sql] = {
    "can-connect-to-database": [database, "SELECT 1"],
    "create-database": ["postgres", `CREATE DATABASE ${pg.escapeIdentifier(database)}`],
  }[name];
  const client = new pg.Client(connectionTo(where));
  try {
    await client.connect();
    await client.query(sql);
    await client.end();
  } catch (error) {
    const code = { "3D000": "P1003", "28P01": "P1000", 28000: "P1000", "42P04": "P1009" }[error.code] ?? "P1001";
    const fields = {
      message: error.message || `No database server answers at ${url.host}`,
      error_code: code,
      is_panic: false,
    };
    const line = { timestamp: new Date().toISOString(), level: "ERROR", fields, target: "schema_engine::logger" };
    process.stderr.write(`\n${JSON.stringify(line)}\n`);
    process.exit(1);
  }
}

/** Answers JSON-RPC requests, one a line, until the CLI closes stdin. */
async function serve() {
  const engine = await createEngine();
  const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, method, params } = JSON.parse(line);
    if (!method) continue; // the CLI's answer to our "print"
    try {
      const result = (await engine[method === "getDatabaseVersion" ? "version" : method](params)) ?? {};
      if (method === "diff" && result.stdout) {
        send({ id: `print-${id}`, method: "print", params: { content: result.stdout.replace(/\n$/, "") } });
        delete result.stdout;
      }
      send({ id, result });
    } catch (error) {
      const data = {
        is_panic: error instanceof WebAssembly.RuntimeError,
        message: error.message ?? String(error),
        error_code: error.code ?? null,
        meta: error.meta ?? null,
      };
      send({ id, error: { code: 4466, message: "An error happened. Check the data field for details.", data } });
    }
  }
}

async function createEngine() {
  const file = fileURLToPath(import.meta.resolve("@prisma/schema-engine-wasm/schema_engine_bg")).replace(/js$/, "wasm");
  const module = new WebAssembly.Module(readFileSync(file));
  const { exports } = new WebAssembly.Instance(module, { "./schema_engine_bg.js": wasm });
  wasm.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    connect: () => connect(),
    connectToShadowDb,
  });
  const datamodels = values.datamodels?.map((path) => [path, readFileSync(path, "utf8")]);
  return wasm.SchemaEngine.new({ datamodels }, () => {}, factory);
}

/**
 * The engine wants catalog columns of PostgreSQL's internal type "char" (oid 18) typed as Character, and adapter-pg 7.10
 * rejects that oid: such columns pass through it as text (oid 25) and are retyped after.
 */
async function connect(name) {
  const adapter = await new PrismaPg(connectionTo(name), { schema }).connect();
  const { queryRaw } = adapter;
  adapter.queryRaw = async (query) => {
    const chars = [];
    const performIO = async (inner) => {
      const result = await adapter.performIO(inner);
      result.fields.forEach((field, column) => {
        if (field.dataTypeID !== 18) return;
        field.dataTypeID = 25;
        chars.push(column);
      });
      return result;
    };
    const result = await queryRaw.call(Object.create(adapter, { performIO: { value: performIO } }), query);
    for (const column of chars) result.columnTypes[column] = ColumnTypeEnum.Character;
    return result;
  };
  // Its own splits at every semicolon, also inside a function's body. PostgreSQL takes a script as it is.
  adapter.executeScript = async (script) => {
    await adapter.underlyingDriver().query(script);
  };
  return adapter;
}

/** adapter-pg's own opens the live database when given a connection string, and drops the shadow under its own pool. */
async function connectToShadowDb() {
  const name = `prisma_migrate_shadow_db_${randomUUID()}`;
  const main = await connect();
  await main.executeScript(`CREATE DATABASE "${name}"`);
  const shadow = await connect(name);
  const leave = shadow.dispose.bind(shadow);
  shadow.dispose = async () => {
    await leave();
    await main.executeScript(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    await main.dispose();
  };
  return shadow;
}
