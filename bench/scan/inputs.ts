import fc from "fast-check";
import { z } from "zod";
import { HOSTILE_NUMBERS, HOSTILE_TEXTS, HOSTILE_VALUES } from "./hostile.ts";

// What a schema takes, and what it only just does not: from its JSON Schema, which tells types and bounds. What it cannot tell (a
// `refine`) it is asked for, by parsing what was made.

type Schema = z.core.JSONSchema.BaseSchema;
type Values = fc.Arbitrary<unknown>;

/** A whole input is made anew so many times at most until the schema takes it. */
const TRIES = 30;
/** Items of a list that is to be taken, where the schema allows so many. */
const FEW = 4;

/** Any character; fast-check's own units take seconds to set up. */
const character = fc.nat(0x10ffff).map((point) => String.fromCodePoint(point).toWellFormed());
/** What PostgreSQL cannot store is tried most: each field that takes it by mistake fails. */
const hostileText = fc.oneof(
  ...Object.entries(HOSTILE_TEXTS).map(([kind, texts]) => ({
    weight: kind === "unstorable" ? 4 : 1,
    arbitrary: fc.constantFrom<string>(...texts),
  })),
);

export interface Inputs {
  /** what the schema takes */
  fitting: Values;
  /** what it takes but for one place, where a bound is met or passed, the type is another or the value is hostile */
  straying: Values;
}

/**
 * @param words texts that mean something to whoever is asked: ids, names, links. They stand wherever they fit.
 */
export function inputsOf(schema: z.ZodType, words: readonly string[]): Inputs {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const maker = new Maker(words);
  const fitting = fc
    .array(maker.fitting(json), { minLength: TRIES, maxLength: TRIES })
    .map((tries) => tries.find((value) => schema.safeParse(value).success) ?? tries[0]);
  return { fitting, straying: maker.straying(json, fitting) };
}

class Maker {
  readonly #words: readonly string[];

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  fitting(schema: Schema): Values {
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    const choices = choicesOf(schema);
    if (choices !== undefined) return fc.oneof(...choices.map((choice) => this.fitting(choice)));
    switch (schema.type) {
      case "string":
        return this.#text(schema);
      case "number":
      case "integer": {
        const [least, most] = rangeOf(schema);
        const whole = fc.integer({ min: Math.ceil(least), max: Math.floor(most) });
        return schema.type === "integer" ? whole : fc.oneof(whole, fc.double({ min: least, max: most, noNaN: true }));
      }
      case "boolean":
        return fc.boolean();
      case "null":
        return fc.constant(null);
      case "array":
        return fc.array(this.fitting(itemOf(schema)), {
          minLength: schema.minItems ?? 0,
          maxLength: Math.min(schema.maxItems ?? FEW, Math.max(FEW, schema.minItems ?? 0)),
        });
      case "object":
        return this.#object(schema, (property) => this.fitting(property));
      default:
        return fc.jsonValue();
    }
  }

  /** @param fitting what it strays from in one place */
  straying(schema: Schema, fitting: Values = this.fitting(schema)): Values {
    const other = fc.constantFrom<unknown>(...HOSTILE_VALUES, ...HOSTILE_NUMBERS.slice(0, 4), "a");
    const choices = choicesOf(schema);
    if (choices !== undefined)
      return fc.oneof(
        { weight: 1, arbitrary: other },
        ...choices.map((choice) => ({ weight: weightOf(choice), arbitrary: this.straying(choice) })),
      );
    switch (schema.type) {
      case "string":
        return fc.oneof(
          { weight: 1, arbitrary: other },
          { weight: 2, arbitrary: fc.constantFrom(...boundTexts(schema)) },
          { weight: 4, arbitrary: hostileText },
          { weight: 1, arbitrary: fc.constantFrom(...this.#words) },
          { weight: 1, arbitrary: fc.string({ unit: character }) },
          // something hostile in what is otherwise right
          {
            weight: 4,
            arbitrary: fc
              .tuple(this.#text(schema), hostileText, fc.nat(20))
              .map(([text, hostile, at]) => text.slice(0, at) + hostile + text.slice(at)),
          },
        );
      case "number":
      case "integer": {
        const [least, most] = rangeOf(schema);
        const bounds = [least - 1, least, least + 0.5, most, most + 1];
        return fc.oneof(other, fc.constantFrom(...HOSTILE_NUMBERS), fc.constantFrom(...bounds), fc.double());
      }
      case "array": {
        const item = this.fitting(itemOf(schema));
        const lengths = [0, (schema.minItems ?? 1) - 1, schema.maxItems ?? 100, (schema.maxItems ?? 100) + 1];
        return fc.oneof(
          { weight: 1, arbitrary: other },
          {
            weight: 1,
            arbitrary: fc
              .tuple(item, fc.constantFrom(...lengths))
              .map(([one, length]) => Array.from({ length: Math.max(0, length) }, () => one)),
          },
          {
            weight: 3,
            arbitrary: fc
              .tuple(fc.array(item, { maxLength: FEW }), this.straying(itemOf(schema)))
              .map(([items, one]) => [...items, one]),
          },
        );
      }
      case "object": {
        const names = Object.keys(schema.properties ?? {});
        const whole = fitting.map((value) => ({ ...Object(value) }));
        const strays = names.map((name) => ({
          weight: weightOf(propertyOf(schema, name)),
          arbitrary: fc
            .tuple(whole, this.straying(propertyOf(schema, name)))
            .map(([value, stray]) => ({ ...value, [name]: stray })),
        }));
        const lacking = fc
          .tuple(whole, fc.constantFrom(...names, ""))
          .map(([value, name]) => Object.fromEntries(Object.entries(value).filter(([key]) => key !== name)));
        const unknown = fc
          .tuple(whole, fc.constantFrom("role", "userId", "isAdmin", "constructor", ""), other)
          .map(([value, name, more]) => ({ ...value, [name]: more }));
        return fc.oneof(...[other, lacking, unknown].map((arbitrary) => ({ weight: 1, arbitrary })), ...strays);
      }
      default:
        return other;
    }
  }

  #text(schema: Schema): fc.Arbitrary<string> {
    const fits = this.#words.filter((word) => takes(schema, word));
    const made = textOf(schema);
    return fits.length === 0 ? made : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...fits) }, made);
  }

  #object(schema: Schema, of: (property: Schema) => Values): Values {
    const properties = Object.keys(schema.properties ?? {});
    return fc.record(Object.fromEntries(properties.map((name) => [name, of(propertyOf(schema, name))])), {
      requiredKeys: schema.required ?? [],
    });
  }
}

/** How often it is strayed from, beside others: texts have most ways to go wrong. */
const weightOf = (schema: Schema): number => (takesText(schema) ? 5 : 1);

/** Whether a text stands somewhere in it. */
const takesText = (schema: Schema): boolean =>
  (schema.type === "string" && schema.enum === undefined && schema.const === undefined) ||
  [
    ...(choicesOf(schema) ?? []),
    ...Object.values(schema.properties ?? {}),
    ...(schema.items ? [itemOf(schema)] : []),
  ].some((part) => takesText(asSchema(part as Schema)));

/** The schemas of which one has to hold. */
const choicesOf = (schema: Schema): Schema[] | undefined => schema.anyOf ?? schema.oneOf;
const asSchema = (schema: Schema | boolean | undefined): Schema => (typeof schema === "object" ? schema : {});
const propertyOf = (schema: Schema, name: string): Schema => asSchema(schema.properties?.[name] as Schema | undefined);
const itemOf = (schema: Schema): Schema => asSchema(Array.isArray(schema.items) ? schema.items[0] : schema.items);

function rangeOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): [least: number, most: number] {
  const above = typeof exclusiveMinimum === "number" ? exclusiveMinimum + 1 : undefined;
  const below = typeof exclusiveMaximum === "number" ? exclusiveMaximum - 1 : undefined;
  return [Math.max(minimum ?? above ?? -1000, -(2 ** 31)), Math.min(maximum ?? below ?? 1000, 2 ** 31 - 1)];
}

function takes(
  { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern, format }: Schema,
  text: string,
): boolean {
  if (text.length < minLength || text.length > maxLength) return false;
  if (format === "date-time" && Number.isNaN(Date.parse(text))) return false;
  return pattern === undefined || new RegExp(pattern).test(text);
}

/** A text of the schema's format, pattern or length. */
function textOf({ minLength = 0, maxLength = 40, pattern, format }: Schema): fc.Arbitrary<string> {
  if (format === "email") return fc.emailAddress();
  if (format === "uuid") return fc.uuid();
  if (format === "date-time") return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ unit: character, minLength, maxLength: Math.min(maxLength, Math.max(40, minLength)) });
}

/** Texts at the bounds of a length, and just beyond them. */
const boundTexts = ({ minLength = 1, maxLength = 1000 }: Schema): string[] =>
  [minLength - 1, minLength, maxLength, maxLength + 1]
    .map((length) => Math.min(Math.max(length, 0), 40_000))
    .flatMap((length) => ["a".repeat(length), "й".repeat(length), "0".repeat(length)]);
