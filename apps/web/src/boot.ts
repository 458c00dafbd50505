import { keepAddressesTrue } from "@/auth/true-address";
import { env } from "@/env";
import { cutSlowClients } from "@/lib/slow-clients";

/**
 * What the server does before it takes requests. It ends when a setting is wrong: Next by itself would listen on, and answer
 * everything with an error.
 */
export function boot(): void {
  try {
    env();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
  keepAddressesTrue();
  cutSlowClients("/api/sessions/upload");
}
