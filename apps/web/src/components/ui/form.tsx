"use client";

import { Check } from "lucide-react";
import type { ReactNode } from "react";
import type { useForm } from "@/lib/use-form";
import { Button } from "./button";
import { ErrorNote } from "./notice";

interface FormProps {
  form: Pick<ReturnType<typeof useForm>, "submit" | "error" | "busy" | "saved">;
  /** what the button says */
  action: string;
  /** what is said once it is saved, where the form stays */
  saved?: string;
  /** closes the form, where it does not stay */
  onCancel?: () => void;
  className?: string;
  /** its fields */
  children: ReactNode;
}

/** Fields, then what is wrong and belongs to none of them, then the button. */
export function Form({ form, action, saved = "Saved.", onCancel, className = "space-y-4", children }: FormProps) {
  const submit = (
    <Button type="submit" look="primary" busy={form.busy}>
      {action}
    </Button>
  );
  return (
    <form onSubmit={form.submit} noValidate autoComplete="off" className={className}>
      {children}
      {form.error !== null && <ErrorNote error={form.error} />}
      {onCancel === undefined ? (
        <div className="flex flex-wrap items-center gap-3">
          {submit}
          <p role="status" className="flex items-center gap-1.5 text-muted text-sm">
            {form.saved && (
              <>
                <Check className="size-4 text-ok" aria-hidden />
                {saved}
              </>
            )}
          </p>
        </div>
      ) : (
        <div className="flex justify-end gap-2 pt-1">
          <Button onClick={onCancel}>Cancel</Button>
          {submit}
        </div>
      )}
    </form>
  );
}
