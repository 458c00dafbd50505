import type { Role } from "@herald/contract";
import { openSignIn } from "@herald/core";
import pg from "pg";
import { reaching } from "./errors.ts";
import { createPrisma, type PrismaTransaction } from "./prisma.ts";
import { writeAudit } from "./repositories/audit.ts";
import { signIns } from "./repositories/sign-ins.ts";
import { users } from "./repositories/users.ts";

/** Sign-ins are rare and short. */
const POOL_SIZE = 2;

/** What the web's sign-in needs of a person, and all that it can read. */
export interface AuthUser {
  id: string;
  email: string;
  name: string;
  role: Role;
  /** argon2id, in PHC form */
  passwordHash: string;
  disabled: boolean;
}

export interface AuthStore {
  /** @throws HeraldError `database_unavailable` */
  findByEmail(email: string): Promise<AuthUser | null>;
  /**
   * Lets in a user whose password was right, as {@link openSignIn} does. @returns the sign-in's id, or null
   * @throws HeraldError `database_unavailable`
   */
  openSignIn(user: AuthUser, from: { userAgent: string | null; address: string | null }): Promise<string | null>;
  close(): Promise<void>;
}

/** The web's own small door to the database: it reads one person by e-mail and lets them in, and nothing else. */
export function createAuthStore(url: string): AuthStore {
  const pool = new pg.Pool({ connectionString: url, max: POOL_SIZE });
  pool.on("error", () => {}); // an idle connection that broke is replaced at the next use
  const prisma = createPrisma(pool);
  return {
    findByEmail: (email) =>
      reaching(() =>
        prisma.user.findUnique({
          where: { email: email.toLowerCase() },
          select: { id: true, email: true, name: true, role: true, passwordHash: true, disabled: true },
        }),
      ),
    openSignIn: (user, from) =>
      reaching(() =>
        prisma.$transaction((client) => {
          const tx = client as unknown as PrismaTransaction;
          return openSignIn(
            { users: users(tx), signIns: signIns(tx), audit: (entry) => writeAudit(tx, entry) },
            { user, passwordHash: user.passwordHash, at: new Date(), ...from },
          );
        }),
      ),
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
