import { type InputPeer, markedIdOf } from "../methods/input-peer.ts";
import { GZIP_PACKED_ID, readGzip } from "../mtproto/message.ts";
import type { Codec, TlObject } from "../tl/codec.ts";
import { Reader, TlError } from "../tl/reader.ts";
import type { Layers } from "../tl/schemas.ts";
import type { Account } from "../world/account.ts";

const INVOKE_WITH_LAYER_ID = 0xda9b0d0d;
const INVOKE_AFTER_MSG_ID = 0xcb9f372d;
const INVOKE_AFTER_MSGS_ID = 0x3dc4b4f0;

/** Wrappers that change nothing here: their query is the request. */
const TRANSPARENT = new Set([
  "invokeWithTakeout",
  "invokeWithMessagesRange",
  "invokeWithBusinessConnection",
  "invokeWithGooglePlayIntegrity",
  "invokeWithApnsSecret",
  "invokeWithReCaptcha",
]);

/** An API request without its wrappers. */
export interface ApiRequest {
  readonly params: TlObject;
  readonly codec: Codec;
  readonly layer: number;
  /** Requests that have to be finished first. */
  readonly after: readonly bigint[];
  /** Set by initConnection. */
  readonly apiId: number | undefined;
  readonly withoutUpdates: boolean;
}

/** A layer for which there is no schema. */
export class UnknownLayer extends Error {
  override readonly name = "UnknownLayer";
  readonly layer: number;

  constructor(layer: number, known: readonly number[]) {
    super(`a client asked for layer ${layer}; known are ${known.join(", ")}. Give its schema by --schema <file.tl>`);
    this.layer = layer;
  }
}

/**
 * Reads a request in the layer that it names, or else in the key's last one.
 * @throws TlError, UnknownLayer
 */
export function readRequest(body: Buffer, layers: Layers, keyLayer: number | undefined): ApiRequest {
  let reader = new Reader(body);
  let layer = keyLayer ?? layers.fallbackLayer;
  const after: bigint[] = [];
  for (let wrappers = 0; ; wrappers++) {
    if (wrappers > 16) throw new TlError("too many wrappers round a request");
    const id = reader.peekUint();
    if (id === INVOKE_WITH_LAYER_ID) {
      reader.uint();
      layer = reader.int();
    } else if (id === GZIP_PACKED_ID) {
      reader.uint();
      reader = new Reader(readGzip(reader));
    } else if (id === INVOKE_AFTER_MSG_ID) {
      reader.uint();
      after.push(reader.long());
    } else if (id === INVOKE_AFTER_MSGS_ID) {
      reader.uint();
      reader.uint();
      const count = reader.int();
      for (let index = 0; index < count; index++) after.push(reader.long());
    } else break;
  }
  const codec = layers.codec(layer);
  if (!codec) throw new UnknownLayer(layer, layers.known);
  let params = codec.read(reader);
  let apiId: number | undefined;
  let withoutUpdates = false;
  for (;;) {
    if (params._ === "initConnection") apiId = params.api_id as number;
    else if (params._ === "invokeWithoutUpdates") withoutUpdates = true;
    else if (params._ === "invokeAfterMsg") after.push(params.msg_id as bigint);
    else if (!TRANSPARENT.has(params._)) break;
    params = params.query as TlObject;
  }
  if (!codec.isMethod(params._)) throw new TlError(`${params._} is no method`);
  return { params, codec, layer, after, apiId, withoutUpdates };
}

/** The chat that a request is about: where it sends, or else what it reads. */
export function chatOf(params: TlObject, self: Account | undefined): number | undefined {
  const input = params.to_peer ?? params.peer ?? params.channel;
  return typeof input === "object" && input !== null ? markedIdOf(input as InputPeer, self) : undefined;
}

export function randomIdsOf(params: TlObject): readonly bigint[] {
  const value = params.random_id;
  if (typeof value === "bigint") return [value];
  return Array.isArray(value) ? (value as bigint[]) : [];
}
