import type { Plan, Role } from "@herald/contract";
import type { User } from "../model/domain.ts";

export interface UserRepository {
  find(id: string): Promise<User | null>;
  list(): Promise<User[]>;
  create(user: {
    email: string;
    name: string;
    passwordHash: string;
    role: Role;
    plan: Plan | null;
  }): Promise<User | "email_taken">;
  update(
    id: string,
    change: { name?: string; passwordHash?: string; plan?: Plan | null; disabled?: boolean },
  ): Promise<void>;
  findByApiKeyHash(hash: string): Promise<User | null>;
  setApiKey(id: string, key: { hash: string; hint: string } | null): Promise<void>;
  countAdmins(): Promise<number>;
}
