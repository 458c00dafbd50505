// What launcher, engine and pages share of the machine that they run on: secrets out of variables and files, files that are
// for their owner alone, and lines that nobody forges. Imports nothing of ours, and no library: the launcher needs it first.
export { type Fault, refusal } from "./fault.ts";
export { oneLine } from "./one-line.ts";
export { filesForOthers, folderForOthers } from "./private-files.ts";
export { SECRET_VARIABLES, takeSecrets } from "./secret-variables.ts";
export { weakSecrets } from "./weak-secrets.ts";
