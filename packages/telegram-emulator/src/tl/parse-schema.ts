/**
 * Schema text to constructor definitions. Two sources: TL language text (GramJS, Telegram's own layer files) and the
 * JSON form that mtcute publishes.
 */

export type TypeRef =
  | { readonly kind: "primitive"; readonly name: PrimitiveName }
  | { readonly kind: "flags" }
  | { readonly kind: "vector"; readonly bare: boolean; readonly item: TypeRef }
  | { readonly kind: "boxed"; readonly name: string }
  | { readonly kind: "bare"; readonly name: string }
  | { readonly kind: "query" };

export type PrimitiveName = "int" | "long" | "double" | "string" | "bytes" | "int128" | "int256" | "Bool" | "true";

export interface Field {
  readonly name: string;
  readonly type: TypeRef;
  /** Set for a conditional field: which flags word and which bit of it. */
  readonly flag?: { readonly word: string; readonly bit: number };
}

export interface Definition {
  readonly name: string;
  readonly id: number;
  readonly fields: readonly Field[];
  /** The type that a constructor belongs to, or that a method returns. */
  readonly result: string;
  readonly isMethod: boolean;
}

export interface Schema {
  readonly layer: number;
  readonly definitions: readonly Definition[];
}

const PRIMITIVES: ReadonlySet<string> = new Set<PrimitiveName>([
  "int",
  "long",
  "double",
  "string",
  "bytes",
  "int128",
  "int256",
  "Bool",
  "true",
]);

const LINE = /^([\w.]+)#([0-9a-f]+)((?:\s+[^=;]+)?)\s*=\s*([\w.<> ]+);/;
const VECTOR = /^(vector|Vector)<(.+)>$/;

/** These are part of the codec itself, not of any layer. */
const BUILT_IN = new Set(["boolFalse", "boolTrue", "true", "vector"]);

export interface ParseOptions {
  /** GramJS's MTProto schema declares binary fields as `string`; read those as bytes. @default false */
  readonly stringsAsBytes?: boolean;
}

/** Definitions of a TL text. Lines that are neither definitions nor section marks are ignored, as TL compilers do. */
export function parseTlText(text: string, options: ParseOptions = {}): Definition[] {
  const definitions: Definition[] = [];
  let isMethod = false;
  for (const raw of text.split("\n")) {
    const line = raw.replace(/\/\/.*$/, "").trim();
    if (line === "---functions---") isMethod = true;
    else if (line === "---types---") isMethod = false;
    const match = LINE.exec(line);
    if (!match) continue;
    const [, name, id, body, result] = match as unknown as [string, string, string, string, string];
    if (BUILT_IN.has(name)) continue;
    const fields: Field[] = [];
    for (const token of body.trim().split(/\s+/)) {
      const colon = token.indexOf(":");
      if (colon < 1 || token.startsWith("{")) continue;
      fields.push(parseField(token.slice(0, colon), token.slice(colon + 1), options.stringsAsBytes === true));
    }
    definitions.push({ name, id: Number.parseInt(id, 16), fields, result: result.trim(), isMethod });
  }
  return definitions;
}

/** The layer that a TL text states in a `// LAYER n` comment. */
export function layerOfTlText(text: string): number | undefined {
  const match = /^\/\/ LAYER (\d+)/m.exec(text);
  return match ? Number(match[1]) : undefined;
}

function parseField(name: string, spec: string, stringsAsBytes: boolean): Field {
  const conditional = /^(\w+)\.(\d+)\?(.+)$/.exec(spec);
  if (!conditional) return { name, type: parseType(spec, stringsAsBytes) };
  const [, word, bit, rest] = conditional as unknown as [string, string, string, string];
  return { name, type: parseType(rest, stringsAsBytes), flag: { word, bit: Number(bit) } };
}

function parseType(spec: string, stringsAsBytes: boolean): TypeRef {
  if (spec === "#") return { kind: "flags" };
  if (spec.startsWith("!")) return { kind: "query" };
  const vector = VECTOR.exec(spec);
  if (vector) {
    const [, word, item] = vector as unknown as [string, string, string];
    return { kind: "vector", bare: word === "vector", item: parseType(item, stringsAsBytes) };
  }
  if (stringsAsBytes && spec === "string") return { kind: "primitive", name: "bytes" };
  if (PRIMITIVES.has(spec)) return { kind: "primitive", name: spec as PrimitiveName };
  if (spec.startsWith("%")) return { kind: "bare", name: spec.slice(1) };
  const lastPart = spec.slice(spec.lastIndexOf(".") + 1);
  return /^[a-z]/.test(lastPart) ? { kind: "bare", name: spec } : { kind: "boxed", name: spec };
}

/** The JSON schema of `@mtcute/core/tl/api-schema.json`; only what is read here. */
export interface MtcuteSchema {
  readonly l: number;
  readonly e: readonly {
    readonly kind: "class" | "method";
    readonly name: string;
    readonly type: string;
    readonly id: number;
    readonly arguments: readonly {
      readonly name: string;
      readonly type: string;
      readonly typeModifiers?: { readonly predicate?: string; readonly isVector?: boolean };
    }[];
  }[];
}

export function parseMtcuteSchema(schema: MtcuteSchema): Schema {
  const definitions = schema.e.map((entry) => ({
    name: entry.name,
    id: entry.id,
    result: entry.type,
    isMethod: entry.kind === "method",
    fields: entry.arguments.map((argument): Field => {
      // int53 is mtcute's name for a long that fits a JavaScript number.
      const item = parseType(argument.type === "int53" ? "long" : argument.type, false);
      const type: TypeRef = argument.typeModifiers?.isVector ? { kind: "vector", bare: false, item } : item;
      const predicate = argument.typeModifiers?.predicate;
      if (!predicate) return { name: argument.name, type };
      const [word, bit] = predicate.split(".") as [string, string];
      return { name: argument.name, type, flag: { word, bit: Number(bit) } };
    }),
  }));
  return { layer: schema.l, definitions };
}
