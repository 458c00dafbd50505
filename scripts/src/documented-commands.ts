import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./root.ts";

/** A command that a reader of a page would type. */
export type Documented = {
  /** path of the page, from the repository's root */
  page: string;
  /** on one line, without a comment; `run x` in full */
  command: string;
};

/** With these, and something behind it, begins what is a command where it stands in the text. */
const PROGRAMS =
  "npm|npx|pnpm|node|run|curl|git|tar|cp|mv|rm|mkdir|kill|openssl|psql|pg_dump|pg_restore|docker|systemctl|vitest|biome|playwright|turbo|prisma|tsc";
const IS_COMMAND = new RegExp(`^(?:[A-Z_]+=\\S* )*(?:${PROGRAMS}) \\S`);
const FENCE = /^ *```(\w*)\n(.*?)^ *```$/gms;
const PNPM = "npx --yes pnpm@12.21.0";
/** A page that says so may leave the rest of the command out. */
const IS_SHORT_FOR = `\`run …\` is short for \`${PNPM} run …\``;

/** Every command of every page, in the order of the pages. */
export function documentedCommands(): Documented[] {
  const pages = globSync("**/*.md", { cwd: ROOT, exclude: ["**/node_modules", ".herald"] }).sort();
  return pages.flatMap((page) =>
    commandsOf(readFileSync(join(ROOT, page), "utf8")).map((command) => ({ page, command })),
  );
}

/** The commands of a page: the lines of blocks that are marked `sh`, and what looks like one in other blocks and in the text. */
export function commandsOf(markdown: string): string[] {
  const text = markdown.replaceAll(/\s+/g, " ");
  const blocks = [...markdown.matchAll(FENCE)].flatMap(([, language = "", block = ""]) => {
    const lines = block
      .replaceAll(/\\\n\s*/g, "")
      .split("\n")
      .map(withoutComment);
    return lines.filter((line) => (language === "sh" ? line !== "" : language === "" && IS_COMMAND.test(line)));
  });
  const spans = [...markdown.replaceAll(FENCE, "").matchAll(/`([^`]+)`/g)]
    .map(([, span = ""]) => span.replaceAll(/\s+/g, " "))
    .filter((span) => IS_COMMAND.test(span) && !span.endsWith("run …"));
  const inFull = (command: string) =>
    text.includes(IS_SHORT_FOR) ? command.replace(/^run /, `${PNPM} run `) : command;
  return [...new Set([...blocks, ...spans.map(inFull)])];
}

const withoutComment = (line: string) => line.replace(/(^|\s+)# .*$/, "").trim();
