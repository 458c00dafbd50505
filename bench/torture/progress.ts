const BAR_WIDTH = 30;
/** Without a terminal a line is printed so often, in milliseconds. */
const LINE_EVERY_MS = 5_000;

/** Shows how far a run is: a bar on a terminal, else a line every few seconds. */
export function showProgress(acts: number): {
  update(progress: { phase: string; acts: number; posts: number }): void;
  end(): void;
} {
  const startedAt = performance.now();
  const { isTTY } = process.stdout;
  let lineAt = 0;
  return {
    update(progress) {
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      const words = `${progress.acts}/${acts} acts, ${progress.posts} posts, ${seconds} s: ${progress.phase}`;
      if (isTTY) {
        const done = Math.round((progress.acts / acts) * BAR_WIDTH);
        process.stdout.write(`\r\x1b[K[${"#".repeat(done)}${" ".repeat(BAR_WIDTH - done)}] ${words}`);
      } else if (performance.now() - lineAt >= LINE_EVERY_MS) {
        lineAt = performance.now();
        console.log(words);
      }
    },
    end() {
      if (isTTY) process.stdout.write("\r\x1b[K");
    },
  };
}
