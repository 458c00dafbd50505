// What is secret at rest: the session formats that admins bring, the seal, and the files. Imports @herald/contract and @herald/core alone.
export { createKeyring } from "./keyring.ts";
export { createSessionFiles } from "./session-files.ts";
export { createSessionReader } from "./session-reader.ts";
export { createSessionSeal } from "./session-seal.ts";
