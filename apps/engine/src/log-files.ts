import { appendFile, chmod, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { WrittenLogLine } from "@herald/db";
import { oneLine } from "@herald/host";

const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;
const USER_FOLDER = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const LOG_FILE = /^\d{4}-\d{2}-\d{2}\.log$/;

/**
 * Per-user logs as plain files, `<folder>/<user id>/YYYY-MM-DD.log` (UTC), beside the same lines in the database. Only the owner
 * of the process can read them. Writes of one user follow each other; a disk that refuses is reported once a line and hinders
 * nothing.
 */
export class LogFiles {
  readonly #folder: string;
  readonly #onError: (error: unknown) => void;
  readonly #waiting = new Map<string, WrittenLogLine[]>();
  readonly #tails = new Map<string, Promise<void>>();

  constructor(folder: string, onError: (error: unknown) => void) {
    this.#folder = folder;
    this.#onError = onError;
  }

  /** Closes to others what a former version, or somebody's copy, left open. What is not Herald's own is left as it is. */
  async closeToOthers(): Promise<void> {
    try {
      const entries = await readdir(this.#folder).catch((): string[] => []);
      const users = entries.filter((name) => USER_FOLDER.test(name)).map((name) => join(this.#folder, name));
      for (const folder of users) {
        await chmod(folder, PRIVATE_FOLDER);
        for (const name of await readdir(folder))
          if (LOG_FILE.test(name)) await chmod(join(folder, name), PRIVATE_FILE);
      }
      if (users.length > 0 && users.length === entries.length) await chmod(this.#folder, PRIVATE_FOLDER);
    } catch (error) {
      this.#onError(error);
    }
  }

  append(line: WrittenLogLine): void {
    const { userId } = line;
    const waiting = this.#waiting.get(userId);
    if (waiting !== undefined) {
      waiting.push(line);
      return;
    }
    const lines = [line];
    this.#waiting.set(userId, lines);
    const tail = (this.#tails.get(userId) ?? Promise.resolve()).then(() => {
      // what came while the write before went on is one write
      this.#waiting.delete(userId);
      return this.#write(userId, lines);
    });
    this.#tails.set(userId, tail);
    void tail.then(() => {
      if (this.#tails.get(userId) === tail) this.#tails.delete(userId);
    });
  }

  /** Resolves when everything given so far is on disk. */
  async flush(): Promise<void> {
    await Promise.all(this.#tails.values());
  }

  async #write(userId: string, lines: readonly WrittenLogLine[]): Promise<void> {
    try {
      const folder = join(this.#folder, userId);
      await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
      for (const [day, ofDay] of Map.groupBy(lines, (line) => line.at.toISOString().slice(0, 10)))
        await appendFile(join(folder, `${day}.log`), ofDay.map(asText).join(""), { mode: PRIVATE_FILE });
    } catch (error) {
      this.#onError(error);
    }
  }
}

const asText = ({ at, level, text, code }: WrittenLogLine): string =>
  `${at.toISOString()} ${level} ${oneLine(text)}${code === undefined ? "" : ` [${code}]`}\n`;
