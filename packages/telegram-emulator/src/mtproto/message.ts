import { gzipSync, unzipSync } from "node:zlib";
import { Reader, TlError } from "../tl/reader.ts";
import { Writer } from "../tl/writer.ts";

export const CONTAINER_ID = 0x73f1f8dc;
export const GZIP_PACKED_ID = 0x3072cfa1;
const RPC_RESULT_ID = 0xf35c6d01;

/** https://core.telegram.org/mtproto/service_messages_about_messages#containers */
const MAX_CONTAINER_MESSAGES = 1020;
const MAX_UNZIPPED_BYTES = 4 << 20;

export interface IncomingMessage {
  readonly id: bigint;
  readonly sequence: number;
  readonly body: Buffer;
}

/** The decrypted content of a packet, before its message is looked at. */
export interface Envelope {
  readonly salt: bigint;
  readonly sessionId: bigint;
  readonly message: IncomingMessage;
}

const HEAD_BYTES = 32;

/** @throws TlError when the lengths do not fit */
export function openEnvelope(plain: Buffer): Envelope {
  const reader = new Reader(plain);
  const salt = reader.long();
  const sessionId = reader.long();
  const message = readMessage(reader);
  const padding = reader.remaining;
  if (padding < 12 || padding > 1024) throw new TlError("a message must have 12 to 1024 bytes of padding");
  return { salt, sessionId, message };
}

export function envelopeHead(salt: bigint, sessionId: bigint, id: bigint, sequence: number, bytes: number): Buffer {
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  head.writeBigInt64LE(salt, 0);
  head.writeBigInt64LE(sessionId, 8);
  head.writeBigInt64LE(BigInt.asIntN(64, id), 16);
  head.writeInt32LE(sequence, 24);
  head.writeInt32LE(bytes, 28);
  return head;
}

/** The messages of a container, its constructor id already read. */
export function readContainer(reader: Reader): IncomingMessage[] {
  const count = reader.int();
  if (count < 0 || count > MAX_CONTAINER_MESSAGES) throw new TlError(`a container of ${count} messages`);
  return Array.from({ length: count }, () => readMessage(reader));
}

function readMessage(reader: Reader): IncomingMessage {
  const id = reader.long();
  const sequence = reader.int();
  const bytes = reader.int();
  if (bytes < 4 || bytes % 4 !== 0) throw new TlError(`a message of ${bytes} bytes`);
  return { id, sequence, body: reader.raw(bytes) };
}

export function writeContainer(messages: readonly IncomingMessage[]): Buffer {
  const writer = new Writer();
  writer.uint(CONTAINER_ID);
  writer.int(messages.length);
  for (const message of messages) {
    writer.long(message.id);
    writer.int(message.sequence);
    writer.int(message.body.length);
    writer.raw(message.body);
  }
  return writer.take();
}

/** What is inside gzip_packed, its constructor id already read. */
export function readGzip(reader: Reader): Buffer {
  try {
    // mtcute packs with a zlib header in place of gzip's, and Telegram takes both.
    return unzipSync(reader.bytes(), { maxOutputLength: MAX_UNZIPPED_BYTES });
  } catch {
    throw new TlError("gzip_packed holds no gzip data, or too much of it");
  }
}

export function writeGzip(body: Buffer): Buffer {
  const writer = new Writer();
  writer.uint(GZIP_PACKED_ID);
  writer.bytes(gzipSync(body));
  return writer.take();
}

export function rpcResult(requestId: bigint, result: Buffer): Buffer {
  const head = Buffer.allocUnsafe(12);
  head.writeUInt32LE(RPC_RESULT_ID, 0);
  head.writeBigInt64LE(requestId, 4);
  return Buffer.concat([head, result]);
}
