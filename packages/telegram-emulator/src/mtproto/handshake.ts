import { generatePrimeSync, randomBytes } from "node:crypto";
import type { TlObject } from "../tl/codec.ts";
import { TlError } from "../tl/reader.ts";
import { mtprotoCodec } from "../tl/schemas.ts";
import { handshakeKeyAndIv, ige256Decrypt, ige256Encrypt, sha1 } from "./crypto.ts";
import { DH_GENERATOR, DH_PRIME, type DhKeys, generateDhKeys, sharedSecret } from "./diffie-hellman.ts";
import { decryptInnerData, type RsaKey } from "./rsa-key.ts";

/** Telegram's pq is the product of two primes of 31 bits. */
const PQ_PRIME_BITS = 31;

interface AfterPq {
  readonly nonce: Buffer;
  readonly serverNonce: Buffer;
  readonly pq: bigint;
}

interface AfterDh extends AfterPq {
  readonly newNonce: Buffer;
  readonly temporary: boolean;
  readonly keys: DhKeys;
  readonly tempKey: { key: Buffer; iv: Buffer };
}

export interface HandshakeResult {
  readonly authKey: Buffer;
  readonly salt: bigint;
  /** A temporary key (perfect forward secrecy), useless until it is bound to a permanent one. */
  readonly temporary: boolean;
}

export interface HandshakeStep {
  readonly answer: TlObject;
  readonly done?: HandshakeResult;
}

/** One client's key exchange: https://core.telegram.org/mtproto/auth_key */
export class Handshake {
  private readonly rsaKey: RsaKey;
  private readonly nowSeconds: () => number;
  private afterPq: AfterPq | undefined;
  private afterDh: AfterDh | undefined;

  constructor(rsaKey: RsaKey, nowSeconds: () => number) {
    this.rsaKey = rsaKey;
    this.nowSeconds = nowSeconds;
  }

  /** Answers one unencrypted request. @throws TlError on anything that is out of order or wrong */
  handle(request: TlObject): HandshakeStep {
    switch (request._) {
      case "req_pq":
      case "req_pq_multi":
        return { answer: this.requestPq(request.nonce as Buffer) };
      case "req_DH_params":
        return { answer: this.requestDh(request) };
      case "set_client_DH_params":
        return this.setClientDh(request);
      default:
        throw new TlError(`${request._} is no request of the key exchange`);
    }
  }

  private requestPq(nonce: Buffer): TlObject {
    const pq = primeProduct();
    const serverNonce = randomBytes(16);
    this.afterPq = { nonce: Buffer.from(nonce), serverNonce, pq };
    this.afterDh = undefined;
    return {
      _: "resPQ",
      nonce,
      server_nonce: serverNonce,
      pq: bigintBytes(pq),
      server_public_key_fingerprints: [this.rsaKey.fingerprint],
    };
  }

  private requestDh(request: TlObject): TlObject {
    const state = this.afterPq;
    if (!state) throw new TlError("req_DH_params came before req_pq");
    checkNonces(state, request);
    if (request.public_key_fingerprint !== this.rsaKey.fingerprint)
      throw new TlError("the client used another RSA key");
    const data = decryptInnerData(this.rsaKey, request.encrypted_data as Buffer);
    if (!data) throw new TlError("the encrypted inner data cannot be opened");
    const inner = mtprotoCodec().decode(data);
    if (!inner._.startsWith("p_q_inner_data")) throw new TlError(`${inner._} stands where p_q_inner_data should`);
    checkNonces(state, inner);
    if (bytesBigint(inner.p as Buffer) * bytesBigint(inner.q as Buffer) !== state.pq)
      throw new TlError("p × q is not pq");
    const newNonce = Buffer.from(inner.new_nonce as Buffer);
    const keys = generateDhKeys();
    const tempKey = handshakeKeyAndIv(state.serverNonce, newNonce);
    this.afterDh = { ...state, newNonce, keys, tempKey, temporary: inner._.includes("_temp") };
    const answer = mtprotoCodec().encode({
      _: "server_DH_inner_data",
      nonce: state.nonce,
      server_nonce: state.serverNonce,
      g: DH_GENERATOR,
      dh_prime: DH_PRIME,
      g_a: keys.publicKey,
      server_time: this.nowSeconds(),
    });
    const padding = randomBytes((16 - ((answer.length + 20) % 16)) % 16);
    const encrypted = ige256Encrypt(Buffer.concat([sha1(answer), answer, padding]), tempKey.key, tempKey.iv);
    return {
      _: "server_DH_params_ok",
      nonce: state.nonce,
      server_nonce: state.serverNonce,
      encrypted_answer: Buffer.from(encrypted),
    };
  }

  private setClientDh(request: TlObject): HandshakeStep {
    const state = this.afterDh;
    if (!state) throw new TlError("set_client_DH_params came before req_DH_params");
    checkNonces(state, request);
    const encrypted = request.encrypted_data as Buffer;
    if (encrypted.length === 0 || encrypted.length % 16 !== 0) throw new TlError("encrypted_data is not whole blocks");
    const plain = Buffer.from(ige256Decrypt(encrypted, state.tempKey.key, state.tempKey.iv));
    const inner = mtprotoCodec().decode(plain.subarray(20));
    if (inner._ !== "client_DH_inner_data") throw new TlError(`${inner._} stands where client_DH_inner_data should`);
    checkNonces(state, inner);
    const encoded = mtprotoCodec().encode(inner);
    if (!sha1(encoded).equals(plain.subarray(0, 20))) throw new TlError("client_DH_inner_data has a wrong hash");
    const authKey = sharedSecret(state.keys.privateKey, inner.g_b as Buffer);
    const salt = state.newNonce.readBigInt64LE(0) ^ state.serverNonce.readBigInt64LE(0);
    this.afterPq = undefined;
    this.afterDh = undefined;
    return {
      answer: {
        _: "dh_gen_ok",
        nonce: state.nonce,
        server_nonce: state.serverNonce,
        new_nonce_hash1: sha1(Buffer.concat([state.newNonce, Buffer.of(1), sha1(authKey).subarray(0, 8)])).subarray(
          4,
          20,
        ),
      },
      done: { authKey, salt, temporary: state.temporary },
    };
  }
}

function checkNonces(state: AfterPq, message: TlObject): void {
  if (!state.nonce.equals(message.nonce as Buffer) || !state.serverNonce.equals(message.server_nonce as Buffer)) {
    throw new TlError("the nonces are not those of this exchange");
  }
}

function primeProduct(): bigint {
  const p = generatePrimeSync(PQ_PRIME_BITS, { bigint: true });
  for (;;) {
    const q = generatePrimeSync(PQ_PRIME_BITS, { bigint: true });
    if (p !== q) return p * q;
  }
}

const bytesBigint = (bytes: Buffer) => BigInt(`0x0${bytes.toString("hex")}`);

function bigintBytes(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex");
}
