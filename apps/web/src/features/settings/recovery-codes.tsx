"use client";

import { Button } from "@/components/ui/button";
import { COPY_REFUSED, CopyButton, useCopy } from "@/components/ui/copy";

/** Shown once: who leaves the page has seen them. */
export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone(): void }) {
  const copy = useCopy(codes.join("\n"));
  return (
    <div className="mt-3 rounded-control border border-line bg-bg p-3">
      <p role="status" className="text-pretty text-sm">
        {copy.copied === false
          ? COPY_REFUSED
          : "Keep these recovery codes somewhere safe, and not on the phone alone: each lets you in once without the app. They are not shown again."}
      </p>
      <ul
        aria-label="Recovery codes"
        className="my-3 grid grid-cols-1 gap-x-6 gap-y-1 font-mono text-sm sm:grid-cols-2"
      >
        {codes.map((code) => (
          <li key={code} className="select-all">
            {code}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <CopyButton {...copy} />
        <Button look="quiet" onClick={onDone}>
          I have kept them
        </Button>
      </div>
    </div>
  );
}
