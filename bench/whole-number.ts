/**
 * The value of an option that is a whole number from 1 to `most`.
 * @throws Error that names the option
 */
export function whole(name: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new Error(`--${name} takes a whole number from 1 to ${most}, not "${text}".`);
}
