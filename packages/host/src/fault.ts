/** Something about the settings, or about a file, that keeps a program from starting. */
export interface Fault {
  /** the variable, or the file's path */
  about: string;
  /** what is wrong with it and how to mend it, behind its name; never a secret */
  message: string;
}

/** Says all of it at once, a line each. Of what is said twice of one variable the first counts. @param who "The engine" */
export function refusal(who: string, faults: readonly Fault[]): Error {
  const first = faults.filter(({ about }, index) => faults.findIndex((fault) => fault.about === about) === index);
  const lines = first.map(({ about, message }) => `  ${about} ${message}`);
  return new Error(`${who} did not start, and nothing was changed. Mend this:\n${lines.join("\n")}`);
}
