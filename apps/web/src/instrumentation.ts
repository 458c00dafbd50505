import { env } from "@/env";
import { cutSlowClients } from "@/lib/slow-clients";

/** Fails at the start of the server, not at the first request, when a setting is missing. */
export function register() {
  env();
  cutSlowClients("/api/sessions/upload");
}
