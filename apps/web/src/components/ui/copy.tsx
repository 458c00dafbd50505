"use client";

import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "./button";

/** `copied`: null before it was tried, false when the browser refused. */
export function useCopy(text: string): { copied: boolean | null; copy(): Promise<void> } {
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // refused by the person, or there is none: browsers give it to secure origins only
      setCopied(false);
    }
  };
  return { copied, copy };
}

export function CopyButton({ copied, copy }: ReturnType<typeof useCopy>) {
  return (
    <Button onClick={copy}>
      {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
      {copied ? "Copied" : "Copy"}
    </Button>
  );
}

/** What is said once the browser has refused. */
export const COPY_REFUSED =
  "The browser did not let Herald copy it. Select it and copy it yourself: it is not shown again.";
