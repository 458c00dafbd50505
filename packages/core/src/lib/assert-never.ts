/** Ends an exhaustive switch: does not compile while a case is missing. @throws when an untyped value got here all the same. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected: ${JSON.stringify(value)}`);
}
