"use client";

import { type GroupDto, GroupsAddInput, parseGroupReference } from "@herald/contract";
import { useMutation } from "@tanstack/react-query";
import { Check, Copy, X } from "lucide-react";
import { useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field, Textarea } from "@/components/ui/field";
import { ErrorNote } from "@/components/ui/notice";
import { plural } from "@/lib/format";
import { useRefetchState } from "@/lib/live";
import { useTRPC } from "@/lib/trpc";
import { useForm } from "@/lib/use-form";
import { type PastedLine, recognise, remarkOn } from "./recognise";

/** The engine takes a paste whole or not at all, so a line that is no group is refused here already. */
const Paste = GroupsAddInput.refine(({ lines }) => lines.every((line) => parseGroupReference(line).ok), {
  path: ["lines"],
  message: "Some lines are not groups. Mend or remove them; nothing was added.",
});

/** Lines of the preview drawn at most; what is wrong comes first. */
const PREVIEW = 100;

function Preview({ lines }: { lines: PastedLine[] }) {
  const rank = ({ parsed, duplicate }: PastedLine) => (parsed.ok ? (duplicate ? 1 : 2) : 0);
  const shown = lines.toSorted((a, b) => rank(a) - rank(b) || a.number - b.number).slice(0, PREVIEW);
  return (
    <ul
      aria-label="What was recognised"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard
      tabIndex={0}
      className="max-h-[220px] overflow-y-auto rounded-control border border-line bg-bg px-3 py-1.5 text-sm"
    >
      {shown.map((line) => (
        <li key={line.number} className="flex items-start gap-2 py-0.5">
          {!line.parsed.ok ? (
            <X className="mt-0.5 size-4 shrink-0 text-dead" aria-label="Not a group:" />
          ) : line.duplicate ? (
            <Copy className="mt-0.5 size-4 shrink-0 text-muted" aria-label="Already there:" />
          ) : (
            <Check className="mt-0.5 size-4 shrink-0 text-ok" aria-label="A group:" />
          )}
          <span className="min-w-0 break-words">
            <span className="break-all">{line.parsed.ok ? line.parsed.reference : line.text}</span>{" "}
            <span className="text-muted">{remarkOn(line)}</span>
          </span>
        </li>
      ))}
      {lines.length > PREVIEW && (
        <li className="py-0.5 text-muted">and {plural(lines.length - PREVIEW, "more line")}</li>
      )}
    </ul>
  );
}

/** The box into which groups are pasted; every line is judged as it is typed. */
export function PasteCard({
  groups,
  maxGroups,
  onDone,
}: {
  groups: GroupDto[];
  maxGroups: number | null;
  onDone(): void;
}) {
  const trpc = useTRPC();
  const refetchState = useRefetchState();
  const add = useMutation(trpc.groups.add.mutationOptions({ onSuccess: refetchState }));
  const [done, setDone] = useState<string | null>(null);
  const known = useMemo(() => new Set(groups.map((group) => group.reference)), [groups]);
  const form = useForm({
    schema: Paste,
    initial: { lines: "" },
    read: ({ lines }) => ({ lines: lines.split("\n").filter((line) => line.trim() !== "") }),
    // the server names the line by its index: the message says which
    fieldOf: (path) => path.split(".")[0] ?? path,
    async submit(input) {
      const { added, alreadyThere } = await add.mutateAsync(input);
      form.reset();
      setDone(
        `${plural(added, "group")} added${alreadyThere > 0 ? `, ${alreadyThere} ${alreadyThere === 1 ? "was" : "were"} there already` : ""}.`,
      );
    },
  });
  const lines = useMemo(() => recognise(form.values.lines, known), [form.values.lines, known]);
  const bad = lines.filter(({ parsed }) => !parsed.ok);
  const fresh = lines.filter(({ parsed, duplicate }) => parsed.ok && !duplicate);
  const room = maxGroups === null ? null : maxGroups - groups.length;

  const dropBad = () => {
    const numbers = new Set(bad.map(({ number }) => number));
    form.set(
      "lines",
      form.values.lines
        .split("\n")
        .filter((_, index) => !numbers.has(index + 1))
        .join("\n"),
    );
  };

  return (
    <Card className="p-5" aria-label="Add groups">
      <form onSubmit={form.submit} className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        <Field
          label="Groups, one a line"
          fault={form.faults.lines}
          hint={
            done ??
            (room === null
              ? "As @name, as a t.me link, or as a chat id like -1001234567890."
              : `As @name, t.me link or chat id. Your plan has room for ${plural(Math.max(0, room), "more group")}.`)
          }
        >
          {(control) => (
            <Textarea
              {...control}
              rows={8}
              spellCheck={false}
              value={form.values.lines}
              placeholder={"@crypto_ua\nhttps://t.me/flats_kyiv\n-1001234567890"}
              onChange={(event) => {
                setDone(null);
                form.set("lines", event.target.value);
              }}
              className="font-mono text-sm"
            />
          )}
        </Field>
        <div className="flex min-w-0 flex-col">
          <p aria-live="polite" className="tabular mb-1 text-muted text-sm">
            {lines.length === 0
              ? "Every line is checked as you type."
              : `${plural(fresh.length, "new group")} · ${lines.length - fresh.length - bad.length} already there · ${bad.length} not recognised`}
          </p>
          {lines.length > 0 && <Preview lines={lines} />}
          {form.error !== null && <ErrorNote error={form.error} className="mt-3" />}
          <div className="mt-auto flex flex-wrap items-center gap-2 pt-4">
            <Button type="submit" look="primary" busy={form.busy}>
              Add groups
            </Button>
            {bad.length > 0 && <Button onClick={dropBad}>Remove {plural(bad.length, "line")} not recognised</Button>}
            {groups.length > 0 && (
              <Button look="quiet" onClick={onDone}>
                Close
              </Button>
            )}
          </div>
        </div>
      </form>
    </Card>
  );
}
