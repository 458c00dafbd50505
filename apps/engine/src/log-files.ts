import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { WrittenLogLine } from "@herald/db";

/**
 * Per-user logs as plain files, `<folder>/<user id>/YYYY-MM-DD.log` (UTC), beside the same lines in the database. Writes of
 * one user follow each other; a disk that refuses is reported once a line and hinders nothing.
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
      await mkdir(folder, { recursive: true });
      for (const [day, ofDay] of Map.groupBy(lines, (line) => line.at.toISOString().slice(0, 10)))
        await appendFile(join(folder, `${day}.log`), ofDay.map(asText).join(""));
    } catch (error) {
      this.#onError(error);
    }
  }
}

const asText = ({ at, level, text, code }: WrittenLogLine): string =>
  `${at.toISOString()} ${level} ${text}${code === undefined ? "" : ` [${code}]`}\n`;
