import { type ClassValue, clsx } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

const merge = extendTailwindMerge({
  extend: { theme: { text: ["xs", "sm", "base", "lg", "xl", "2xl"], radius: ["card", "control"] } },
});

/** Joins class names; the last of two that contradict each other wins. */
export const cn = (...classes: ClassValue[]): string => merge(clsx(classes));
