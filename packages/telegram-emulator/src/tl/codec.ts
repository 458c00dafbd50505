import type { Definition, Field, PrimitiveName, TypeRef } from "./parse-schema.ts";
import { Reader, TlError } from "./reader.ts";
import { Writer } from "./writer.ts";

/**
 * A TL value: its constructor's name and its fields, in the schema's snake_case. `long` is a bigint when read and may be
 * a bigint or a safe integer when written; `bytes`, `int128` and `int256` are Buffers.
 */
export interface TlObject {
  readonly _: string;
  readonly [field: string]: unknown;
}

type Read = (reader: Reader) => unknown;
type Write = (writer: Writer, value: unknown) => void;
type ReadFields = (reader: Reader) => TlObject;
type WriteFields = (writer: Writer, value: TlObject) => void;

const VECTOR_ID = 0x1cb5c415;
const BOOL_TRUE_ID = 0x997275b5;
const BOOL_FALSE_ID = 0xbc799737;
const MAX_DEPTH = 64;
const EMPTY = Buffer.alloc(0);

interface Compiled {
  readonly definition: Definition;
  read: ReadFields | undefined;
  write: WriteFields | undefined;
}

/** Reads and writes the values of one schema. Constructors are compiled when first met. */
export class Codec {
  private readonly byId = new Map<number, Compiled>();
  private readonly byName = new Map<string, Compiled>();
  private readonly writer = new Writer();

  constructor(definitions: readonly Definition[]) {
    for (const definition of definitions) {
      const compiled: Compiled = { definition, read: undefined, write: undefined };
      this.byId.set(definition.id, compiled);
      this.byName.set(definition.name, compiled);
    }
  }

  /** The definition with this constructor id, if the schema has one. */
  definition(id: number): Definition | undefined {
    return this.byId.get(id)?.definition;
  }

  isMethod(name: string): boolean {
    return this.byName.get(name)?.definition.isMethod === true;
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  /** Reads one boxed value. @throws TlError when the bytes do not follow the schema */
  read(reader: Reader): TlObject {
    return this.readBoxed(reader, undefined);
  }

  decode(buffer: Buffer): TlObject {
    return this.read(new Reader(buffer));
  }

  /** The bytes of one boxed value. Missing scalars are written as their zero. @throws TlError on a missing object */
  encode(value: TlObject): Buffer {
    try {
      this.writeBoxed(this.writer, value);
      return this.writer.take();
    } finally {
      this.writer.reset();
    }
  }

  /** The bytes of a bare `Vector` result, as some methods return. */
  encodeVector(items: readonly TlObject[]): Buffer {
    try {
      this.writer.uint(VECTOR_ID);
      this.writer.int(items.length);
      for (const item of items) this.writeBoxed(this.writer, item);
      return this.writer.take();
    } finally {
      this.writer.reset();
    }
  }

  private readBoxed(reader: Reader, expected: string | undefined): TlObject {
    const id = reader.uint();
    const compiled = this.byId.get(id);
    if (!compiled) throw new TlError(`no constructor has the id 0x${id.toString(16)}`);
    if (expected !== undefined && (compiled.definition.result !== expected || compiled.definition.isMethod)) {
      throw new TlError(`${compiled.definition.name} stands where ${expected} should`);
    }
    if (++reader.depth > MAX_DEPTH) throw new TlError("values are nested too deeply");
    compiled.read ??= this.compileRead(compiled.definition);
    const value = compiled.read(reader);
    reader.depth--;
    return value;
  }

  private writeBoxed(writer: Writer, value: TlObject): void {
    const compiled = this.byName.get(value._);
    if (!compiled) throw new TlError(`this layer has no constructor ${value._}`);
    writer.uint(compiled.definition.id);
    compiled.write ??= this.compileWrite(compiled.definition);
    compiled.write(writer, value);
  }

  private compileRead(definition: Definition): ReadFields {
    const steps = definition.fields.map((field) => ({ field, read: this.reader(field.type) }));
    return (reader) => {
      const value: Record<string, unknown> = { _: definition.name };
      for (const { field, read } of steps) {
        if (field.flag && ((value[field.flag.word] as number) & (1 << field.flag.bit)) === 0) continue;
        value[field.name] = read(reader);
      }
      return value as unknown as TlObject;
    };
  }

  private compileWrite(definition: Definition): WriteFields {
    const steps = definition.fields.map((field) => ({
      field,
      write: this.writerOf(field.type),
      bits: field.type.kind === "flags" ? flagBits(definition, field) : [],
      absent: field.flag && isTrue(field) ? isFalsy : isMissing,
    }));
    return (writer, value) => {
      for (const { field, write, bits, absent } of steps) {
        if (field.type.kind === "flags") {
          let word = 0;
          for (const bit of bits) if (!bit.absent(value[bit.name])) word |= 1 << bit.bit;
          writer.uint(word);
          continue;
        }
        const fieldValue = value[field.name];
        if (field.flag && absent(fieldValue)) continue;
        if (fieldValue === undefined && field.type.kind !== "primitive" && field.type.kind !== "vector") {
          throw new TlError(`${definition.name}.${field.name} is missing`);
        }
        write(writer, fieldValue);
      }
    };
  }

  private reader(type: TypeRef): Read {
    switch (type.kind) {
      case "primitive":
        return PRIMITIVE_READERS[type.name];
      case "flags":
        return (reader) => reader.uint();
      case "query":
        return (reader) => this.readBoxed(reader, undefined);
      case "boxed":
        // Vectors hidden behind a type name, and `Object`, are not part of any supported method.
        return (reader) => this.readBoxed(reader, type.name);
      case "bare": {
        const compiled = this.bare(type.name);
        return (reader) => {
          compiled.read ??= this.compileRead(compiled.definition);
          return compiled.read(reader);
        };
      }
      case "vector": {
        const item = this.reader(type.item);
        return (reader) => {
          if (!type.bare && reader.uint() !== VECTOR_ID) throw new TlError("a vector was expected");
          const count = reader.int();
          // No item of any schema is shorter than four bytes.
          if (count < 0 || count * 4 > reader.remaining) throw new TlError("a vector is longer than its message");
          const items: unknown[] = [];
          for (let index = 0; index < count; index++) items.push(item(reader));
          return items;
        };
      }
      default:
        return type satisfies never;
    }
  }

  private writerOf(type: TypeRef): Write {
    switch (type.kind) {
      case "primitive":
        return PRIMITIVE_WRITERS[type.name];
      case "flags":
        return (writer, value) => writer.uint((value as number | undefined) ?? 0);
      case "query":
      case "boxed":
        return (writer, value) => this.writeBoxed(writer, value as TlObject);
      case "bare": {
        const compiled = this.bare(type.name);
        return (writer, value) => {
          compiled.write ??= this.compileWrite(compiled.definition);
          compiled.write(writer, value as TlObject);
        };
      }
      case "vector": {
        const item = this.writerOf(type.item);
        return (writer, value) => {
          const items = (value as readonly unknown[] | undefined) ?? [];
          if (!type.bare) writer.uint(VECTOR_ID);
          writer.int(items.length);
          for (const entry of items) item(writer, entry);
        };
      }
      default:
        return type satisfies never;
    }
  }

  private bare(name: string): Compiled {
    const compiled =
      this.byName.get(name) ?? [...this.byName.values()].find((entry) => entry.definition.result === name);
    if (!compiled) throw new TlError(`the schema has no bare type ${name}`);
    return compiled;
  }
}

interface FlagBit {
  readonly name: string;
  readonly bit: number;
  readonly absent: (value: unknown) => boolean;
}

function flagBits(definition: Definition, word: Field): FlagBit[] {
  return definition.fields
    .filter((field) => field.flag?.word === word.name)
    .map((field) => ({
      name: field.name,
      bit: (field.flag as NonNullable<Field["flag"]>).bit,
      absent: isTrue(field) ? isFalsy : isMissing,
    }));
}

const isTrue = (field: Field) => field.type.kind === "primitive" && field.type.name === "true";
const isMissing = (value: unknown) => value === undefined || value === null;
const isFalsy = (value: unknown) => !value;

function readBool(reader: Reader): boolean {
  const id = reader.uint();
  if (id === BOOL_TRUE_ID) return true;
  if (id === BOOL_FALSE_ID) return false;
  throw new TlError("a Bool was expected");
}

const PRIMITIVE_READERS: Record<PrimitiveName, Read> = {
  int: (reader) => reader.int(),
  long: (reader) => reader.long(),
  double: (reader) => reader.double(),
  string: (reader) => reader.string(),
  bytes: (reader) => reader.bytes(),
  int128: (reader) => reader.raw(16),
  int256: (reader) => reader.raw(32),
  Bool: readBool,
  true: () => true,
};

const PRIMITIVE_WRITERS: Record<PrimitiveName, Write> = {
  int: (writer, value) => writer.int((value as number | undefined) ?? 0),
  long: (writer, value) => writer.long((value as bigint | number | undefined) ?? 0),
  double: (writer, value) => writer.double((value as number | undefined) ?? 0),
  string: (writer, value) => writer.string((value as string | undefined) ?? ""),
  bytes: (writer, value) => writer.bytes((value as Uint8Array | undefined) ?? EMPTY),
  int128: (writer, value) => writer.raw(value as Uint8Array),
  int256: (writer, value) => writer.raw(value as Uint8Array),
  Bool: (writer, value) => writer.uint(value ? BOOL_TRUE_ID : BOOL_FALSE_ID),
  true: () => {},
};
