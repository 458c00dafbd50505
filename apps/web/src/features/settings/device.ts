import Bowser from "bowser";

/** What a browser says of itself, in words: “Firefox on Windows”. What says nothing that is known is not guessed at. */
export function deviceOf(userAgent: string | null): { words: string; isMobile: boolean } {
  if (userAgent === null || userAgent === "") return { words: "Unknown browser", isMobile: false };
  const { browser, os, platform } = Bowser.parse(userAgent);
  const words = [browser.name || "Unknown browser", os.name].filter(Boolean).join(" on ");
  return { words, isMobile: platform.type === "mobile" || platform.type === "tablet" };
}
