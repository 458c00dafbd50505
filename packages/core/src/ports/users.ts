import type { Plan, Role } from "@herald/contract";
import type { User } from "../model/domain.ts";

export interface UserRepository {
  find(id: string): Promise<User | null>;
  list(): Promise<User[]>;
  /** Somebody and their password's hash, by id, or by e-mail address as it is kept. */
  credentials(of: { id: string } | { email: string }): Promise<{ user: User; passwordHash: string } | null>;
  create(user: {
    email: string;
    name: string;
    passwordHash: string;
    role: Role;
    plan: Plan | null;
  }): Promise<User | "email_taken">;
  update(
    id: string,
    change: {
      name?: string;
      passwordHash?: string;
      role?: Role;
      plan?: Plan | null;
      disabled?: boolean;
      timeZone?: string;
    },
  ): Promise<void>;
  /** Whether the user is enabled and that is their password's hash still, which stays so until the transaction ends. */
  lockForSignIn(id: string, passwordHash: string): Promise<boolean>;
  /** All admins, disabled ones too, locked in one order: of two who change each other the second sees what the first did. */
  lockAdmins(): Promise<User[]>;
}
