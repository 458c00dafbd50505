// What the tools that are typed by hand share.

/**
 * The value of an option that is a whole number from 1 to `most`.
 * @throws Error that names the option
 */
export function whole(name: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new Error(`--${name} takes a whole number from 1 to ${most}, not "${text}".`);
}

/** What `read` makes of the command line. Where it throws, the process says why, then `help`, and ends with code 2. */
export function optionsOf<T>(read: () => T, help: string): T {
  try {
    return read();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${help}`);
    process.exit(2);
  }
}

/** Aborts when the process is told to end, so that what it has started is put away first. */
export function interruption(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => interrupted.abort(new Error(`Ended by ${signal}.`)));
  return interrupted.signal;
}
