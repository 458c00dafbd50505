/** Shorter than this, what labels have in common takes no room worth saving. In characters. */
const LEAST_COMMON = 4;

/**
 * A label in two parts, of which the first may be cut: what all labels begin with, up to a whole word, and what tells this one
 * from the others. Where they have little in common, or there is but one, all of it may be cut.
 */
export function labelParts(labels: readonly string[]): Array<{ common: string; own: string }> {
  const [first = "", ...others] = labels;
  let length = Math.min(...labels.map((label) => label.length - 1));
  while (length > 0 && others.some((label) => label.slice(0, length) !== first.slice(0, length))) length--;
  const common = first.slice(0, length);
  const words = common.replace(/[\p{L}\p{N}]+$/u, "");
  const cut = words.length >= LEAST_COMMON ? words.length : length;
  if (others.length === 0 || cut < LEAST_COMMON) return labels.map((common) => ({ common, own: "" }));
  return labels.map((label) => ({ common: label.slice(0, cut), own: label.slice(cut) }));
}
