"use client";

import { type ApiPairDto, ApiPairUpdateInput } from "@herald/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { NumberField, TextField, typedNumber } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Mark } from "@/components/ui/mark";
import { Confirm, Dialog } from "@/components/ui/overlay";
import { formatDay } from "@/lib/format";
import { useTRPC } from "@/lib/trpc";
import { useForm } from "@/lib/use-form";
import { sessionLook, sessionWord } from "./session-state";

type Seat = ApiPairDto["seats"][number];

const seatStyle: Record<Seat["state"], string> = {
  unused: "border-edge",
  assigned: "border-ok bg-ok/16",
  resting: "border-wait bg-wait/16",
  banned: "border-dead bg-dead/16",
};

/** One place of the pair: taken by a session, or free. */
function SeatMark({ seat, number }: { seat: Seat | undefined; number: number }) {
  const shape =
    "flex h-9 w-7 items-center justify-center rounded-t-[10px] rounded-b-[4px] border-[1.5px] transition-transform duration-150";
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
    >
      <Mark look={sessionLook[seat.state]} />
    </Link>
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
        <h2 dir="auto" className="min-w-0 truncate text-left font-strong">
          {pair.label ?? `Pair ${pair.apiId}`}
        </h2>
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
  const { values, faults, set } = form;
  return (
    <Form form={form} action="Save API pair" onCancel={onDone}>
      <TextField label="Label" fault={faults.label} value={values.label} onChange={(label) => set("label", label)} />
      <NumberField
        label="Seats"
        hint="Telegram is said to look askance at more than 7 accounts on one pair."
        fault={faults.capacity}
        value={values.capacity}
        onChange={(capacity) => set("capacity", capacity)}
      />
    </Form>
  );
}
