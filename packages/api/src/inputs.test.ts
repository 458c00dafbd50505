import { RestStartBody } from "@herald/contract";
import { expect, test } from "vitest";
import { z } from "zod";
import { appRouter } from "./router.ts";

/** A part of a JSON schema, as far as it is looked at. */
type Part = z.core.JSONSchema.BaseSchema;

/** The texts of an input that may be of any length, by their paths. A word of a list and a UUID may not. */
function endless(part: Part | boolean, path: string): string[] {
  if (typeof part === "boolean") return [];
  const isBounded = part.maxLength !== undefined || part.enum !== undefined || part.const !== undefined;
  if (part.type === "string") return isBounded || part.format === "uuid" ? [] : [path];
  const items = [part.items ?? []].flat().map((inner) => [inner, `${path}[]`] as const);
  const properties = Object.entries(part.properties ?? {}).map(([name, inner]) => [inner, `${path}.${name}`] as const);
  const choices = [...(part.anyOf ?? []), ...(part.oneOf ?? [])].map((inner) => [inner, path] as const);
  return [...items, ...properties, ...choices].flatMap(([inner, at]) => endless(inner, at));
}

const Definition = z.looseObject({ inputs: z.array(z.instanceof(z.ZodType)) });
const inputs = Object.entries(appRouter._def.procedures).flatMap(([name, procedure]) =>
  Definition.parse("_def" in procedure && procedure._def).inputs.map((input) => [name, input] as const),
);

test.each([...inputs, ["POST /api/bot/start", RestStartBody] as const])(
  "every text that %s takes has a limit",
  (name, input) => expect(endless(z.toJSONSchema(input, { io: "input" }), name)).toEqual([]),
);
