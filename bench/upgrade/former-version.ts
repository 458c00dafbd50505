import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { EngineUnderTest } from "@herald/testing/engine";
import pg from "pg";

const execute = promisify(execFile);

/** Where this version is. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Runs a script of the version in `folder`, as its README has it. @throws Error with what it printed */
export async function runScript(folder: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const { packageManager } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  await execute("npx", ["--yes", packageManager, ...args], { cwd: folder, env: { ...process.env, ...environment } });
}

/** A former version of Herald, checked out of this repository's history beside it. */
export class FormerVersion implements AsyncDisposable, Pick<EngineUnderTest, "program" | "createUser"> {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Checks the version out and installs it: half a minute.
   * @throws Error when there is no such commit, or its installation fails
   */
  static async checkOut(commit: string): Promise<FormerVersion> {
    const parent = await mkdtemp(join(tmpdir(), "herald-former-"));
    const former = new FormerVersion(join(parent, "herald"));
    try {
      await execute("git", ["worktree", "add", "--detach", former.#folder, commit], { cwd: ROOT });
      await runScript(former.#folder, ["install", "--frozen-lockfile", "--prefer-offline"]);
      await runScript(former.#folder, ["run", "db:generate"]);
    } catch (error) {
      await former[Symbol.asyncDispose]();
      throw error;
    }
    return former;
  }

  get program(): string {
    return join(this.#folder, "apps/engine/src/main.ts");
  }

  /** Makes its tables in the empty database at `url`. */
  readonly migrate = (url: string): Promise<void> =>
    runScript(this.#folder, ["run", "db:migrate"], { DEMO: "0", DATABASE_URL: url });

  /** By its command `create-admin`: the user is one. */
  readonly createUser: EngineUnderTest["createUser"] = async ({ email, name, password }, environment) => {
    const program = join(this.#folder, "apps/engine/src/create-admin.ts");
    const made = execute(process.execPath, [program, "--email", email, "--name", name], { env: environment });
    made.child.stdin?.end(`${password}\n`);
    await made;
    const client = new pg.Client({ connectionString: environment.DATABASE_URL });
    await client.connect();
    try {
      const { rows } = await client.query<{ id: string }>("SELECT id FROM users WHERE email = $1", [email]);
      const [user] = rows;
      if (user === undefined) throw new Error(`${email} was not made`);
      return user;
    } finally {
      await client.end();
    }
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await execute("git", ["worktree", "remove", "--force", this.#folder], { cwd: ROOT }).catch(() => {}); // never added
    await rm(join(this.#folder, ".."), { recursive: true, force: true });
  }
}
