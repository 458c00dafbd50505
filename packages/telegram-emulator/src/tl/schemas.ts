import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Codec } from "./codec.ts";
import { layerOfTlText, type MtcuteSchema, parseMtcuteSchema, parseTlText, type Schema } from "./parse-schema.ts";

const require = createRequire(import.meta.url);

/** The layer of `telegram/tl/apiTl.js`; stated in GramJS's AllTLObjects, which is too heavy to load for one number. */
const GRAMJS_LAYER = 198;

let mtproto: Codec | undefined;

/** The codec of MTProto's own messages (key exchange, pings, acknowledgements): the same for every layer. */
export function mtprotoCodec(): Codec {
  mtproto ??= new Codec(parseTlText(require("telegram/tl/schemaTl.js") as string, { stringsAsBytes: true }));
  return mtproto;
}

/** A TL text file with a `// LAYER n` line. @throws Error that names what is wrong with the file */
export function readSchemaFile(path: string): Schema {
  const text = readFileSync(path, "utf8");
  const layer = layerOfTlText(text);
  if (layer === undefined)
    throw new Error(`${path} has no line "// LAYER <number>"; add one so that clients can ask for it`);
  const definitions = parseTlText(text);
  if (definitions.length === 0) throw new Error(`${path} holds no TL definitions`);
  return { layer, definitions };
}

/** One API codec a layer, made when the first client of that layer arrives. */
export class Layers {
  private readonly codecs = new Map<number, Codec>();
  private readonly sources = new Map<number, () => Schema>();

  constructor(extra: readonly Schema[] = []) {
    this.sources.set(GRAMJS_LAYER, () => ({
      layer: GRAMJS_LAYER,
      definitions: parseTlText(require("telegram/tl/apiTl.js") as string),
    }));
    const mtcute = require("@mtcute/core/tl/api-schema.json") as MtcuteSchema;
    this.sources.set(mtcute.l, () => parseMtcuteSchema(mtcute));
    for (const schema of extra) this.sources.set(schema.layer, () => schema);
  }

  get known(): number[] {
    return [...this.sources.keys()].sort((a, b) => a - b);
  }

  /** The codec of a layer, or undefined for a layer that no schema was given for. */
  codec(layer: number): Codec | undefined {
    const ready = this.codecs.get(layer);
    if (ready) return ready;
    const source = this.sources.get(layer);
    if (!source) return undefined;
    const codec = new Codec(source().definitions);
    this.codecs.set(layer, codec);
    return codec;
  }

  /** What a key gets that has not named a layer yet. */
  readonly fallbackLayer = GRAMJS_LAYER;
}
