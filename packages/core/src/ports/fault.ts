/**
 * Hears of what must not be thrown, and is no answer to anybody: exceptions of ours, set-ups that are at fault. Nothing secret
 * is in `about`.
 * @param what happened, as a clause
 */
export type OnFault = (fault: unknown, what: string, about: Readonly<Record<string, string | number>>) => void;
