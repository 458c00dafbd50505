"use client";

import { ApiPairAddInput, type ApiPairDto, DEFAULT_API_PAIR_CAPACITY } from "@herald/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Card, PageHead } from "@/components/ui/card";
import { NumberField, TextField, typedNumber } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Empty } from "@/components/ui/notice";
import { Dialog } from "@/components/ui/overlay";
import { formatNumber } from "@/lib/format";
import { useTRPC } from "@/lib/trpc";
import { useUrlState } from "@/lib/url-state";
import { useForm } from "@/lib/use-form";
import { QueryGate } from "../state-gate";
import { ApiPairCard } from "./api-pair-card";

export function ApiPairsPage() {
  const trpc = useTRPC();
  const [adding, setAdding] = useUrlState("add");
  const query = useQuery(trpc.apiPairs.list.queryOptions());
  const addButton = (
    <Button look="primary" onClick={() => setAdding("1")}>
      <Plus aria-hidden />
      Add API pair
    </Button>
  );
  return (
    <div className="mx-auto max-w-[1280px] space-y-4">
      <PageHead title="API pairs" text={<Usage pairs={query.data} />}>
        {addButton}
      </PageHead>
      <QueryGate query={query}>
        {(pairs) =>
          pairs.length === 0 ? (
            <Card>
              <Empty
                icon={<KeyRound />}
                title="No API pairs yet"
                text="An API pair is an api_id and its api_hash, from my.telegram.org under “API development tools”. Every session needs a seat on one."
              />
            </Card>
          ) : (
            <ul className="grid grid-cols-1 gap-4 md:grid-cols-2 xl:grid-cols-3">
              {pairs.map((pair) => (
                <li key={pair.id}>
                  <ApiPairCard pair={pair} />
                </li>
              ))}
            </ul>
          )
        }
      </QueryGate>
      <Dialog
        title="Add an API pair"
        text="From my.telegram.org, under “API development tools”."
        open={adding !== ""}
        onClose={() => setAdding("")}
      >
        <AddForm onDone={() => setAdding("")} />
      </Dialog>
    </div>
  );
}

function Usage({ pairs = [] }: { pairs: ApiPairDto[] | undefined }) {
  if (pairs.length === 0) return "The seats on which sessions speak to Telegram.";
  const used = pairs.reduce((sum, pair) => sum + pair.used, 0);
  const capacity = pairs.reduce((sum, pair) => sum + pair.capacity, 0);
  return `${formatNumber(used)} of ${formatNumber(capacity)} seats taken.`;
}

function AddForm({ onDone }: { onDone(): void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const add = useMutation(
    trpc.apiPairs.add.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.apiPairs.pathKey() }),
    }),
  );
  const form = useForm({
    schema: ApiPairAddInput,
    initial: { apiId: "", apiHash: "", label: "", capacity: String(DEFAULT_API_PAIR_CAPACITY) },
    read: ({ apiId, apiHash, label, capacity }) => ({
      apiId: typedNumber(apiId),
      apiHash,
      label: label === "" ? undefined : label,
      capacity: typedNumber(capacity),
    }),
    async submit(input) {
      await add.mutateAsync(input);
      onDone();
    },
  });
  const { values, faults, set } = form;
  return (
    <Form form={form} action="Add API pair" onCancel={onDone}>
      <NumberField label="api_id" fault={faults.apiId} value={values.apiId} onChange={(apiId) => set("apiId", apiId)} />
      <TextField
        label="api_hash"
        autoComplete="off"
        spellCheck={false}
        hint="32 hexadecimal digits. It never leaves the engine again."
        fault={faults.apiHash}
        value={values.apiHash}
        onChange={(apiHash) => set("apiHash", apiHash)}
      />
      <div className="grid grid-cols-[1fr_96px] gap-4">
        <TextField
          label="Label"
          hint="What you call it; may stay empty."
          fault={faults.label}
          value={values.label}
          onChange={(label) => set("label", label)}
        />
        <NumberField
          label="Seats"
          fault={faults.capacity}
          value={values.capacity}
          onChange={(capacity) => set("capacity", capacity)}
        />
      </div>
    </Form>
  );
}
