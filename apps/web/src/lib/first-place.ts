import type { Role } from "@herald/contract";

/** Where a person begins after signing in. */
export const firstPlace = (role: Role): string => (role === "admin" ? "/admin" : "/");
