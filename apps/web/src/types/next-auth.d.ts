import type { Role } from "@herald/contract";

declare module "next-auth" {
  interface User {
    id: string;
    email: string;
    name: string;
    role: Role;
    /** the row by which the engine knows this sign-in */
    signInId: string;
  }
  interface Session {
    user: Omit<User, "signInId">;
  }
}

declare module "next-auth/jwt" {
  interface JWT {
    role: Role;
    /** the sign-in's id; cookies of before have none */
    sid?: string;
  }
}
