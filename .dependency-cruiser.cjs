// Who may import whom, at error. Tests, packages/testing, e2e and bench may import what they exercise, and no product file
// may import them.

const TEST = "[.]test[.]tsx?$|/(tests?|testing|bench)/";
const OURS = "^(apps|packages|scripts|e2e|bench|prisma)/";
const inside = (...folders) => `^(${folders.join("|")})/`;

/** What a folder may import of ours, besides itself. */
const table = {
  "packages/contract": [],
  "packages/core": ["packages/contract"],
  "packages/telegram": ["packages/contract", "packages/core"],
  "packages/vault": ["packages/contract", "packages/core"],
  "packages/db": ["packages/contract", "packages/core"],
  "packages/host": [],
  "packages/telegram-emulator": [],
  "packages/api": ["packages/contract", "packages/core"],
  "apps/engine": [
    "packages/contract",
    "packages/core",
    "packages/telegram",
    "packages/vault",
    "packages/db",
    "packages/api",
    "packages/host",
  ],
  // What it fills, by the engine's services, and the emulator that it fills it for.
  "apps/demo": ["apps/engine", "packages/telegram-emulator"],
  "apps/web": ["packages/contract", "packages/api", "packages/host"],
  scripts: ["packages/host"],
};

/** Libraries that one folder hides from the rest. */
const hidden = {
  telegram: ["packages/telegram"],
  "@mtcute/[^/]+": ["packages/telegram", "packages/telegram-emulator"],
  "@prisma/[^/]+": ["packages/db", "scripts"],
  pg: ["packages/db", "scripts"],
  "pg-boss": ["apps/engine"],
  fastify: ["apps/engine"],
  "next|next-auth|react|react-dom": ["apps/web"],
};

const rule = (name, from, to) => ({ name, severity: "error", from, to });

module.exports = {
  forbidden: [
    ...Object.entries(table).map(([folder, allowed]) =>
      rule(
        `${folder}-imports-only-${["itself", ...allowed.map((path) => path.split("/")[1])].join("-")}`,
        { path: inside(folder), pathNot: TEST },
        { path: OURS, pathNot: inside(folder, ...allowed) },
      ),
    ),
    ...Object.entries(hidden).map(([library, owners]) =>
      rule(
        `only-${owners.join("-and-")}-imports-${library.split("|")[0]}`,
        { path: OURS, pathNot: [inside(...owners, "e2e", "bench"), TEST] },
        // The emulator reads the text of GramJS's TL schemas, and none of its code.
        { path: `/node_modules/(${library})/`, pathNot: "/node_modules/telegram/tl/(api|schema)Tl[.]js$" },
      ),
    ),
    rule(
      "contract-imports-zod-alone",
      { path: inside("packages/contract"), pathNot: TEST },
      { dependencyTypes: ["npm", "npm-dev", "core"], pathNot: "/node_modules/zod/" },
    ),
    rule(
      "host-imports-no-library",
      { path: inside("packages/host"), pathNot: TEST },
      { dependencyTypes: ["npm", "npm-dev"] },
    ),
    rule(
      "core-imports-contract-alone",
      { path: inside("packages/core"), pathNot: TEST },
      // A hash (biome.json lets it import no more of node:crypto), which is pure.
      { dependencyTypes: ["npm", "npm-dev", "core"], pathNot: "^crypto$" },
    ),
    rule(
      "web-takes-types-alone-from-api",
      { path: inside("apps/web"), pathNot: TEST },
      { path: inside("packages/api"), dependencyTypesNot: ["type-only"] },
    ),
    rule(
      "a-package-is-imported-by-its-name",
      { path: "^((?:apps|packages)/[^/]+|scripts|e2e|bench)/" },
      { path: OURS, pathNot: "^$1/", dependencyTypes: ["local"] },
    ),
    rule(
      "no-test-in-the-product",
      { path: OURS, pathNot: [TEST, inside("e2e", "bench")] },
      { path: TEST, pathNot: "/node_modules/" },
    ),
    rule(
      "no-circle-not-even-of-types-in-the-emulator",
      { path: inside("packages/telegram-emulator") },
      { circular: true },
    ),
    rule("no-circle", {}, { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } }),
    rule("imports-resolve", {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)([.]next|dist|generated)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "apps/web/tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".d.ts"],
    },
  },
};
