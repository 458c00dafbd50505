import { constants, createCipheriv, createDecipheriv, createPublicKey, publicEncrypt, randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import type { Emulator } from "../../src/index.ts";
import {
  authKeyId,
  decryptMessage,
  encryptMessage,
  FROM_CLIENT,
  FROM_SERVER,
  handshakeKeyAndIv,
  ige256Decrypt,
  ige256Encrypt,
  sha1,
  sha256,
} from "../../src/mtproto/crypto.ts";
import { DH_PRIME, generateDhKeys, powerModPrime } from "../../src/mtproto/diffie-hellman.ts";
import { envelopeHead, type IncomingMessage, openEnvelope, writeContainer } from "../../src/mtproto/message.ts";
import type { Codec, TlObject } from "../../src/tl/codec.ts";
import { Reader } from "../../src/tl/reader.ts";
import { mtprotoCodec } from "../../src/tl/schemas.ts";
import { ByteQueue } from "../../src/transport/byte-queue.ts";
import { abridged, type Framing, full, intermediate, padded } from "../../src/transport/framing.ts";
import { factorize } from "./factorize.ts";

export type TransportName = Framing["name"] | `obfuscated ${Exclude<Framing["name"], "full">}`;

const FRAMINGS = { abridged, intermediate, padded, full };
const OPENINGS = {
  abridged: Buffer.of(0xef),
  intermediate: Buffer.alloc(4, 0xee),
  padded: Buffer.alloc(4, 0xdd),
  full: Buffer.alloc(0),
};
const TAGS = { abridged: 0xef, intermediate: 0xee, padded: 0xdd };

const CONTAINER_ID = 0x73f1f8dc;
const RPC_RESULT_ID = 0xf35c6d01;
const RPC_ERROR_ID = 0x2144ca19;
const LAYER = 198;

/** A client of the tests' own, as small as can be, that puts single packets on the wire as told. */
export class RawClient {
  readonly socket: Socket;
  private readonly framing: Framing;
  private readonly cipher: ((bytes: Buffer) => Buffer) | undefined;
  private readonly decipher: ((bytes: Buffer) => Buffer) | undefined;
  private readonly queue = new ByteQueue();
  private readonly packets: Buffer[] = [];
  private wake: (() => void) | undefined;
  private readonly results = new Map<bigint, (body: Buffer) => void>();
  authKey: Buffer | undefined;
  /** What the server sent in place of a packet, such as -404. */
  transportError: number | undefined;
  private keyId = 0n;
  salt = 0n;
  private readonly sessionId = randomBytes(8).readBigInt64LE(0);
  private content = 0;
  private readonly unacknowledged: bigint[] = [];
  private lastMessageId = 0n;
  /** Resolves when the server has closed the connection. */
  readonly closed: Promise<void>;

  private constructor(socket: Socket, transport: TransportName) {
    this.socket = socket;
    const name = transport.replace("obfuscated ", "") as Framing["name"];
    this.framing = FRAMINGS[name]();
    if (transport.startsWith("obfuscated ")) {
      const header = randomBytes(64);
      header.fill(TAGS[name as keyof typeof TAGS], 56, 60);
      header.writeUInt32LE(0x12345678, 0);
      header.writeUInt32LE(0x12345678, 4);
      const reversed = Buffer.from(header.subarray(8, 56)).reverse();
      const cipher = createCipheriv("aes-256-ctr", header.subarray(8, 40), header.subarray(40, 56));
      const decipher = createDecipheriv("aes-256-ctr", reversed.subarray(0, 32), reversed.subarray(32, 48));
      const encrypted = cipher.update(header);
      socket.write(Buffer.concat([header.subarray(0, 56), encrypted.subarray(56)]));
      this.cipher = (bytes) => cipher.update(bytes);
      this.decipher = (bytes) => decipher.update(bytes);
    } else socket.write(OPENINGS[name]);
    socket.on("data", (chunk: Buffer) => this.receive(chunk));
    socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
  }

  static open(
    emulator: Pick<Emulator, "host" | "port">,
    transport: TransportName = "intermediate",
  ): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: emulator.host, port: emulator.port, noDelay: true });
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new RawClient(socket, transport));
      });
    });
  }

  close(): void {
    this.socket.destroy();
  }

  writePacket(payload: Buffer): void {
    const framed = this.framing.encode(payload);
    this.socket.write(this.cipher ? this.cipher(framed) : framed);
  }

  private receive(chunk: Buffer): void {
    this.queue.push(this.decipher ? this.decipher(chunk) : chunk);
    for (let packet = this.framing.next(this.queue); packet; packet = this.framing.next(this.queue)) {
      if (packet.length === 4) this.transportError = packet.readInt32LE(0);
      else if (this.keyId === 0n) this.packets.push(packet);
      else this.receiveEncrypted(packet);
    }
    this.wake?.();
  }

  private async nextPacket(): Promise<Buffer> {
    for (;;) {
      const packet = this.packets.shift();
      if (packet) return packet;
      const arrived = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      await Promise.race([
        arrived,
        this.closed.then(() => Promise.reject(new Error("the server closed the connection"))),
      ]);
    }
  }

  private async plain(request: TlObject): Promise<TlObject> {
    const body = mtprotoCodec().encode(request);
    const head = Buffer.alloc(20);
    head.writeBigInt64LE(this.nextMessageId(), 8);
    head.writeInt32LE(body.length, 16);
    this.writePacket(Buffer.concat([head, body]));
    const answer = await this.nextPacket();
    return mtprotoCodec().read(new Reader(answer, 20));
  }

  /** A whole key exchange. */
  async exchangeKeys(emulator: Emulator, padding: "RSA_PAD" | "SHA-1" = "RSA_PAD"): Promise<Buffer> {
    const nonce = randomBytes(16);
    const { server_nonce: serverNonce, pq } = (await this.plain({ _: "req_pq_multi", nonce })) as never as Record<
      string,
      Buffer
    >;
    const [p, q] = factorize(BigInt(`0x${(pq as Buffer).toString("hex")}`));
    const newNonce = randomBytes(32);
    const inner = mtprotoCodec().encode({
      ...{ _: "p_q_inner_data_dc", pq, p: bytesOf(p), q: bytesOf(q), nonce, server_nonce: serverNonce },
      ...{ new_nonce: newNonce, dc: 2 },
    });
    const encrypted = padding === "RSA_PAD" ? rsaPad(emulator, inner) : rsaSha1(emulator, inner);
    const dh = await this.plain({
      ...{ _: "req_DH_params", nonce, server_nonce: serverNonce, p: bytesOf(p), q: bytesOf(q) },
      ...{ public_key_fingerprint: emulator.rsaFingerprint, encrypted_data: encrypted },
    });
    const { key, iv } = handshakeKeyAndIv(serverNonce as Buffer, newNonce);
    const opened = Buffer.from(ige256Decrypt(dh.encrypted_answer as Buffer, key, iv));
    const { g_a: publicA } = mtprotoCodec().decode(opened.subarray(20));
    const keys = generateDhKeys();
    // The shortest bytes of the number, as GramJS, mtcute and Telethon have it.
    const secret = powerModPrime(publicA as Buffer, keys.privateKey);
    const authKey = bytesOf(BigInt(`0x${secret.toString("hex")}`));
    const client = mtprotoCodec().encode({
      ...{ _: "client_DH_inner_data", nonce, server_nonce: serverNonce, retry_id: 0n, g_b: keys.publicKey },
    });
    const filler = randomBytes((16 - ((client.length + 20) % 16)) % 16);
    const done = await this.plain({
      ...{ _: "set_client_DH_params", nonce, server_nonce: serverNonce },
      encrypted_data: Buffer.from(ige256Encrypt(Buffer.concat([sha1(client), client, filler]), key, iv)),
    });
    const expected = sha1(Buffer.concat([newNonce, Buffer.of(1), sha1(authKey).subarray(0, 8)])).subarray(4, 20);
    if (done._ !== "dh_gen_ok" || !expected.equals(done.new_nonce_hash1 as Buffer)) {
      throw new Error(`the key exchange ended in ${done._}; the key has ${authKey.length} bytes`);
    }
    this.use(authKey);
    return authKey;
  }

  use(authKey: Buffer): void {
    this.authKey = authKey;
    this.keyId = authKeyId(authKey);
  }

  private nextMessageId(): bigint {
    const id = BigInt(Math.floor(Date.now() / 1000)) << 32n;
    this.lastMessageId = id > this.lastMessageId ? id : this.lastMessageId + 4n;
    return this.lastMessageId;
  }

  private number(body: Buffer, isContent: boolean): IncomingMessage {
    const sequence = isContent ? this.content++ * 2 + 1 : this.content * 2;
    return { id: this.nextMessageId(), sequence, body };
  }

  private encrypt({ id, sequence, body }: IncomingMessage): Buffer {
    const head = envelopeHead(this.salt, this.sessionId, id, sequence, body.length);
    return encryptMessage(this.authKey as Buffer, this.keyId, head, body, FROM_CLIENT);
  }

  /** Encrypts one message body as this session's next, together with what is to be acknowledged, as clients do. */
  seal(body: Buffer): { packet: Buffer; id: bigint } {
    const request = this.number(body, true);
    if (this.unacknowledged.length === 0) return { packet: this.encrypt(request), id: request.id };
    const ack = this.number(mtprotoCodec().encode({ _: "msgs_ack", msg_ids: this.unacknowledged.splice(0) }), false);
    const container = this.number(writeContainer([request, ack]), false);
    return { packet: this.encrypt(container), id: request.id };
  }

  /** A first API call, which names the layer. */
  init(codec: Codec, query: TlObject): Promise<TlObject> {
    const connection = { _: "initConnection", api_id: 1, device_model: "raw", query };
    return this.call(codec, { _: "invokeWithLayer", layer: LAYER, query: connection });
  }

  async call(codec: Codec, request: TlObject): Promise<TlObject> {
    const encoded = codec.encode(request);
    for (let tries = 0; tries < 3; tries++) {
      const { packet, id } = this.seal(encoded);
      const answer = new Promise<Buffer>((resolve) => this.results.set(id, resolve));
      this.writePacket(packet);
      const body = await Promise.race([answer, this.closed.then(() => Promise.reject(new Error("closed")))]);
      if (body.length === 0) continue;
      if (body.readUInt32LE(0) !== RPC_ERROR_ID) return codec.decode(body);
      throw new Error(String(mtprotoCodec().decode(body).error_message));
    }
    throw new Error("the server refused three salts");
  }

  private receiveEncrypted(packet: Buffer): void {
    const plain = decryptMessage(this.authKey as Buffer, packet, FROM_SERVER);
    if (!plain) throw new Error("the server's packet can't be opened");
    const { message } = openEnvelope(plain);
    const reader = new Reader(message.body);
    const id = reader.uint();
    if (id === CONTAINER_ID) return;
    if (id === RPC_RESULT_ID) {
      const requestId = reader.long();
      this.results.get(requestId)?.(reader.raw(reader.remaining));
      this.results.delete(requestId);
    } else if (mtprotoCodec().definition(id)?.name === "bad_server_salt") {
      const value = mtprotoCodec().decode(message.body);
      this.salt = value.new_server_salt as bigint;
      // The notice names the container, if the request was in one: whatever is open has to be sent again.
      for (const resend of this.results.values()) resend(Buffer.alloc(0));
      this.results.clear();
    }
    if (message.sequence % 2 === 1) this.unacknowledged.push(message.id);
  }
}

function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex");
}

function rsa(emulator: Emulator, data: Buffer): Buffer {
  return publicEncrypt({ key: createPublicKey(emulator.rsaPublicKeyPem), padding: constants.RSA_NO_PADDING }, data);
}

function rsaPad(emulator: Emulator, inner: Buffer): Buffer {
  const data = Buffer.concat([inner, randomBytes(192 - inner.length)]);
  for (;;) {
    const tempKey = randomBytes(32);
    const hashed = Buffer.concat([Buffer.from(data).reverse(), sha256(Buffer.concat([tempKey, data]))]);
    const encrypted = Buffer.from(ige256Encrypt(hashed, tempKey, Buffer.alloc(32)));
    const mask = sha256(encrypted);
    const block = Buffer.concat([tempKey.map((byte, index) => byte ^ (mask[index] as number)), encrypted]);
    try {
      return rsa(emulator, block);
    } catch {
      // The number was not below the modulus: the scheme says to take another key.
    }
  }
}

function rsaSha1(emulator: Emulator, inner: Buffer): Buffer {
  const data = Buffer.concat([Buffer.of(0), sha1(inner), inner]);
  return rsa(emulator, Buffer.concat([data, randomBytes(DH_PRIME.length - data.length)]));
}
