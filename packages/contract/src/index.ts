// The contract between the engine and everyone who talks to it. Imports zod, nothing else.
export * from "./api-pair.ts";
export * from "./bot.ts";
export * from "./chat.ts";
export * from "./errors.ts";
export * from "./event.ts";
export * from "./group.ts";
export * from "./group-reference.ts";
export * from "./health.ts";
export * from "./log.ts";
export * from "./marked-id.ts";
export * from "./post.ts";
export * from "./rest.ts";
export * from "./session.ts";
export * from "./sync.ts";
export * from "./user.ts";
export * from "./vocabulary.ts";
