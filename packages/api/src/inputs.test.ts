import { RestStartBody, SessionUploadQuery } from "@herald/contract";
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

/** The fields that an input consists of, each with its whole schema: what it is refused by, and what becomes of it. */
function fieldsOf(schema: z.core.$ZodType, path: string): Array<[path: string, field: z.core.$ZodType]> {
  if (schema instanceof z.ZodObject)
    return Object.entries<z.core.$ZodType>(schema.shape).flatMap(([name, inner]) => fieldsOf(inner, `${path}.${name}`));
  if (schema instanceof z.ZodArray) return fieldsOf(schema.element, `${path}[]`);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => fieldsOf(option, path));
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return fieldsOf(schema.unwrap(), path);
  return [[path, schema]];
}

const Definition = z.looseObject({ inputs: z.array(z.instanceof(z.ZodType)) });
const inputs = [
  ...Object.entries(appRouter._def.procedures).flatMap(([name, procedure]) =>
    Definition.parse("_def" in procedure && procedure._def).inputs.map((input) => [name, input] as const),
  ),
  ["POST /api/bot/start", RestStartBody] as const,
  ["POST /api/sessions/upload", SessionUploadQuery] as const,
];

test.each(inputs)("every text that %s takes has a limit", (name, input) =>
  expect(endless(z.toJSONSchema(input, { io: "input" }), name)).toEqual([]),
);

/** What is kept as somebody wrote it, with its lines and marks. Whatever else is a text is a name, or has a form of its own. */
const FREE = [
  // compared with two words, and kept nowhere
  "bot.start.executionMode",
  "POST /api/bot/start.execution_mode",
  "bot.configure.post.content",
  "bot.forecast.post.content",
  "chats.update.proof",
  ...["twoStep.begin", "twoStep.renewCodes", "twoStep.turnOff"].map((name) => `${name}.password`),
  "users.changePassword.current",
  "users.changePassword.password",
  "users.create.password",
  "users.update.password",
];
/** Passwords that are chosen, which have a rule of their own against what is the same over and over. */
const CHOSEN = ["users.changePassword.password", "users.create.password", "users.update.password"];

const UNSTORABLE = ["\0", "\ud83d", "\ude00"];
const UNSEEMLY = ["\n", "\t", "\u001b", "\u009b", "\u2028", "\u202e", "\u2066"];
/** In the middle of what each kind of text might be. */
const around = [
  "a",
  "@name/",
  "https://t.me/name/1",
  "12345",
  "Europe/",
  "-100123",
  "AAAA",
  "ann@example.org",
  "long enough ",
];

const fields = inputs.flatMap(([name, input]) => fieldsOf(input, name));

/** Whether a field takes a text in which this stands and keeps it. */
const keeps = (field: z.core.$ZodType, found: string) =>
  around.some((text) => {
    const taken = z.safeParse(field, `${text}${found}${text}`);
    return taken.success && typeof taken.data === "string" && taken.data.includes(found);
  });

/** The paths of the fields that do this. */
const pathsThat = (does: (field: z.core.$ZodType) => boolean) => [
  ...new Set(fields.flatMap(([path, field]) => (does(field) ? [path] : []))),
];

test("no field keeps what cannot be stored", () => {
  expect(fields.length).toBeGreaterThan(40);
  for (const found of UNSTORABLE)
    expect(
      pathsThat((field) => keeps(field, found)),
      JSON.stringify(found),
    ).toEqual([]);
});

test.each(UNSEEMLY)("a text keeps %j only where it stands as it was written", (found) => {
  expect(pathsThat((field) => keeps(field, found)).sort()).toEqual([...FREE].sort());
});

test("what cannot be seen is no text, but as a password that is given and where nobody is to recognise it", () => {
  const blind = pathsThat((field) => z.safeParse(field, "\u200b".repeat(12)).success);
  expect(blind.sort()).toEqual(FREE.filter((path) => !path.includes("post") && !CHOSEN.includes(path)).sort());
});
