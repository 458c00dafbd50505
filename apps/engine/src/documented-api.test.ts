import { readFileSync } from "node:fs";
import { appRouter, restRoutes } from "@herald/api";
import type { AnyTRPCProcedure } from "@trpc/server";
import { expect, test } from "vitest";
import { procedures } from "./testing/procedures.ts";

const page = readFileSync(new URL("../../../docs/api.md", import.meta.url), "utf8");
const isProcedure = (value: object): value is AnyTRPCProcedure => "_def" in value;
/** The cells of each row of the page's tables. */
const rows = page.split("\n").flatMap((line) =>
  line.startsWith("|")
    ? [
        line
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim()),
      ]
    : [],
);

test("docs/api.md has every procedure once, with who may call it and how", () => {
  const documented = rows.flatMap(([who = "", ...columns]) =>
    ["anyone", "user", "person", "admin"].includes(who)
      ? columns.flatMap((cell, column) =>
          [...cell.matchAll(/`([\w.]+)`/g)].map(
            ([, name]) => `${name}: ${["query", "mutation", "subscription"][column]} for ${who}`,
          ),
        )
      : [],
  );
  const served = Object.entries<object>(appRouter._def.procedures).flatMap(([name, value]) =>
    isProcedure(value) ? [`${name}: ${value._def.type} for ${procedures[name]?.who}`] : [],
  );
  expect(documented.sort()).toEqual(served.sort());
});

test("docs/api.md has every REST endpoint once", () => {
  const documented = rows.flatMap(([method = "", path = ""]) =>
    ["GET", "POST"].includes(method) ? [`${method} ${path.replaceAll("`", "")}`] : [],
  );
  expect(documented.sort()).toEqual(restRoutes.map(({ method, path }) => `${method} ${path}`).sort());
});
