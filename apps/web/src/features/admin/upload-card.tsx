"use client";

import type { SessionUploadResultDto } from "@herald/contract";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { MarkWord } from "@/components/ui/mark";
import { formatNumber, plural } from "@/lib/format";
import type { Look } from "@/lib/outcome";
import type { Upload } from "./use-upload";

/** What became of the uploaded files, file by file, while they are being checked. */
export function UploadCard({ upload, onClose }: { upload: Upload; onClose(): void }) {
  const count = (status: SessionUploadResultDto["status"]) => upload.rows.filter((row) => row.status === status).length;
  const [added, refused, failed] = [count("added"), count("refused"), count("failed")];
  return (
    <Card aria-label="Upload">
      <div className="flex flex-wrap items-center justify-between gap-3 px-4 pt-3">
        <p role="status" className="tabular">
          {upload.done ? (
            <span className="font-strong">
              {plural(added, "session")} added{refused > 0 && `, ${formatNumber(refused)} refused`}
              {failed > 0 && `, ${formatNumber(failed)} failed`}
            </span>
          ) : (
            <>
              <span className="font-strong">
                Checking {formatNumber(upload.rows.length)} of {formatNumber(upload.total)}
              </span>{" "}
              <span className="text-muted">Each session is tried with Telegram before it is kept.</span>
            </>
          )}
        </p>
        {upload.done && (
          <Button look="quiet" onClick={onClose}>
            Close
          </Button>
        )}
      </div>
      <div
        role="progressbar"
        aria-label="Files checked"
        aria-valuemin={0}
        aria-valuemax={upload.total}
        aria-valuenow={upload.rows.length}
        className="mx-4 mt-3 h-1.5 overflow-hidden rounded-full bg-line"
      >
        <div
          className="h-full bg-accent transition-[width] duration-200"
          style={{ width: `${(100 * upload.rows.length) / Math.max(1, upload.total)}%` }}
        />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard */}
      <section aria-label="Files" tabIndex={0} className="mt-2 max-h-80 overflow-y-auto px-4 pb-3">
        <table aria-label="Uploaded files" className="w-full text-left text-sm">
          <tbody>
            {upload.rows.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows are only ever appended, and two files may share a name
              <UploadLine key={index} row={row} />
            ))}
          </tbody>
        </table>
      </section>
    </Card>
  );
}

/** The shape and the word of what became of a file. */
function markOf(row: SessionUploadResultDto): { look: Look; word: string } {
  switch (row.status) {
    case "added":
      if (row.rest !== null) return { look: "waiting", word: "Added, resting" };
      return row.checked ? { look: "sent", word: "Added" } : { look: "waiting", word: "Added, not tried yet" };
    case "refused":
      return { look: "lost", word: "Refused" };
    case "failed":
      return { look: "lost", word: row.code === "not_tried" ? "Not tried" : "Interrupted" };
  }
}

function UploadLine({ row }: { row: SessionUploadResultDto }) {
  return (
    <tr className="border-line border-b align-top last:border-0">
      <td className="w-full max-w-0 py-1.5 pr-4">
        <div className="truncate font-mono text-xs leading-5" title={row.name}>
          {row.name}
        </div>
        <div className="wrap-anywhere text-muted">
          {row.status === "added" ? (row.message ?? row.label) : row.message}
        </div>
      </td>
      <td className="whitespace-nowrap py-1.5">
        <MarkWord {...markOf(row)} />
      </td>
    </tr>
  );
}
