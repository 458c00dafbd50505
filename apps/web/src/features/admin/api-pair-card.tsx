"use client";

import { type ApiPairDto, ApiPairUpdateInput } from "@herald/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field, Input, NumberInput, typedNumber } from "@/components/ui/field";
import { ErrorNote } from "@/components/ui/notice";
import { Confirm, Dialog } from "@/components/ui/overlay";
import { formatDay } from "@/lib/format";
import { useTRPC } from "@/lib/trpc";
import { useForm } from "@/lib/use-form";
import { sessionWord } from "./session-state";

type Seat = ApiPairDto["seats"][number];

const seatStyle: Record<Seat["state"], string> = {
  unused: "border-ok bg-ok/14",
  assigned: "border-ok bg-ok",
  resting: "border-wait bg-wait/45",
  banned: "border-dead bg-dead/20",
};

/** One place of the pair: taken by a session, or free. */
function SeatMark({ seat, number }: { seat: Seat | undefined; number: number }) {
  const shape = "block h-9 w-7 rounded-t-[10px] rounded-b-[4px] border-[1.5px] transition-transform duration-150";
  if (seat === undefined)
    return (
      <span
        role="img"
        aria-label={`Seat ${number}: free`}
        title="Free"
        className={`${shape} border-edge border-dashed`}
      />
    );
  const text = `${seat.label}, ${sessionWord[seat.state].toLowerCase()}`;
  return (
    <Link
      href={`/admin/sessions?session=${seat.sessionId}`}
      aria-label={`Seat ${number}: ${text}`}
      title={text}
      className={`${shape} ${seatStyle[seat.state]} hover:-translate-y-0.5`}
    />
  );
}

export function ApiPairCard({ pair }: { pair: ApiPairDto }) {
  const [editing, setEditing] = useState(false);
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.apiPairs.remove.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.apiPairs.pathKey() }),
    }),
  );
  return (
    <Card className="flex h-full flex-col p-4" aria-label={`API pair ${pair.apiId}`}>
      <div className="flex items-baseline justify-between gap-3">
        <h2 className="min-w-0 truncate font-strong">{pair.label ?? `Pair ${pair.apiId}`}</h2>
        <span className="tabular shrink-0 text-muted text-sm">
          {pair.used} of {pair.capacity}
        </span>
      </div>
      <p className="text-muted text-sm">
        api_id <code className="font-mono text-xs">{pair.apiId}</code> · added {formatDay(pair.addedAt)}
      </p>
      <div className="my-4 flex flex-wrap gap-2">
        {Array.from({ length: Math.max(pair.capacity, pair.seats.length) }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a seat is its place
          <SeatMark key={index} seat={pair.seats[index]} number={index + 1} />
        ))}
      </div>
      <div className="mt-auto flex gap-1">
        <Button look="quiet" className="-ml-3" onClick={() => setEditing(true)}>
          Edit
        </Button>
        <Confirm
          title="Remove this API pair?"
          text="Only a pair without sessions can be removed. Its api_hash is deleted."
          action="Remove API pair"
          onConfirm={() => remove.mutateAsync({ id: pair.id })}
        >
          <Button look="quiet">Remove</Button>
        </Confirm>
      </div>
      <Dialog title="Edit the API pair" open={editing} onClose={() => setEditing(false)}>
        <EditForm pair={pair} onDone={() => setEditing(false)} />
      </Dialog>
    </Card>
  );
}

function EditForm({ pair, onDone }: { pair: ApiPairDto; onDone(): void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const update = useMutation(
    trpc.apiPairs.update.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.apiPairs.pathKey() }),
    }),
  );
  const form = useForm({
    schema: ApiPairUpdateInput,
    initial: { label: pair.label ?? "", capacity: String(pair.capacity) },
    read: ({ label, capacity }) => ({ id: pair.id, label, capacity: typedNumber(capacity) }),
    async submit(input) {
      await update.mutateAsync(input);
      onDone();
    },
  });
  return (
    <form onSubmit={form.submit} noValidate className="space-y-4">
      <Field label="Label" fault={form.faults.label}>
        {(control) => (
          <Input {...control} value={form.values.label} onChange={(event) => form.set("label", event.target.value)} />
        )}
      </Field>
      <Field
        label="Seats"
        fault={form.faults.capacity}
        hint="Telegram is said to look askance at more than 7 accounts on one pair."
      >
        {(control) => (
          <NumberInput
            {...control}
            value={form.values.capacity}
            onChange={(event) => form.set("capacity", event.target.value)}
          />
        )}
      </Field>
      {form.error !== null && <ErrorNote error={form.error} />}
      <div className="flex justify-end gap-2 pt-1">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="primary" busy={form.busy}>
          Save API pair
        </Button>
      </div>
    </form>
  );
}
