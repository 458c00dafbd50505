import { env } from "@/env";

/** Fails at the start of the server, not at the first request, when a setting is missing. */
export function register() {
  env();
}
