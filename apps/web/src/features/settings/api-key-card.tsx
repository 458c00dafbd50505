"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { COPY_REFUSED, CopyButton, useCopy } from "@/components/ui/copy";
import { ErrorNote } from "@/components/ui/notice";
import { Confirm } from "@/components/ui/overlay";
import { errorOf } from "@/lib/error";
import { useRefetchState } from "@/lib/live";
import { useTRPC } from "@/lib/trpc";

/** The key with which programs of the user's own drive their bot. */
export function ApiKeyCard({ hint }: { hint: string | null }) {
  const trpc = useTRPC();
  const onSuccess = useRefetchState();
  const create = useMutation(trpc.users.createApiKey.mutationOptions({ onSuccess }));
  const revoke = useMutation(trpc.users.revokeApiKey.mutationOptions({ onSuccess }));
  const key = create.data?.key;
  return (
    <Card className="p-5" aria-label="API key">
      <h2 className="font-strong text-lg">API key</h2>
      <p className="mt-1 text-muted">
        {hint === null
          ? "With a key, programs of yours can start and stop posting and read its state over HTTP."
          : `There is a key that ends in ${hint}. A new one takes its place.`}
      </p>
      {key !== undefined && <NewKey value={key} />}
      {create.error !== null && <ErrorNote error={errorOf(create.error)} className="mt-3" />}
      <div className="mt-4 flex flex-wrap gap-2">
        {hint === null ? (
          <Button busy={create.isPending} onClick={() => create.mutate()}>
            Create API key
          </Button>
        ) : (
          <>
            <Confirm
              title="Replace the API key?"
              text="The present key stops working at once."
              action="Replace key"
              onConfirm={() => create.mutateAsync()}
            >
              <Button>Replace API key</Button>
            </Confirm>
            <Confirm
              title="Revoke the API key?"
              text="Programs that use it are refused from now on. Posting goes on."
              action="Revoke key"
              onConfirm={async () => {
                await revoke.mutateAsync();
                create.reset();
              }}
            >
              <Button look="quiet">Revoke API key</Button>
            </Confirm>
          </>
        )}
      </div>
    </Card>
  );
}

function NewKey({ value }: { value: string }) {
  const copy = useCopy(value);
  return (
    <div className="mt-3 rounded-control border border-line bg-bg p-3">
      <p role="status" className="text-sm">
        {copy.copied === false ? COPY_REFUSED : "Copy it now: it is not shown again."}
      </p>
      <div className="mt-2 flex items-center gap-2">
        <code className="min-w-0 grow select-all break-all font-mono text-sm">{value}</code>
        <CopyButton {...copy} />
      </div>
    </div>
  );
}
