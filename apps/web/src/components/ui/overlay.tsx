"use client";

import { X } from "lucide-react";
import { AlertDialog, Dialog as Radix } from "radix-ui";
import { type ReactNode, useState } from "react";
import { cn } from "@/lib/cn";
import { errorOf } from "@/lib/error";
import { useOverlayFocus } from "@/lib/use-overlay-focus";
import { Button } from "./button";
import { ErrorNote } from "./notice";

const backdrop = "fixed inset-0 z-40 animate-fade bg-[oklch(0.1_0.01_275/0.5)]";

interface OverlayProps {
  title: string;
  text?: ReactNode;
  open: boolean;
  onClose(): void;
  children: ReactNode;
}

function Overlay({ title, text, open, onClose, children, place }: OverlayProps & { place: string }) {
  const focus = useOverlayFocus();
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={backdrop} />
        <Radix.Content
          className={cn("fixed z-50 flex flex-col overflow-hidden bg-raised shadow-float", place)}
          {...focus}
          {...(text === undefined ? { "aria-describedby": undefined } : {})}
        >
          <header className="flex items-start justify-between gap-4 px-5 pt-4 pb-3">
            <div className="min-w-0">
              <Radix.Title dir="auto" className="wrap-anywhere text-left font-strong text-lg">
                {title}
              </Radix.Title>
              {text !== undefined && <Radix.Description className="mt-1 text-muted">{text}</Radix.Description>}
            </div>
            <Radix.Close asChild>
              <Button look="quiet" size="icon" aria-label="Close" className="-mt-1.5 -mr-2">
                <X aria-hidden />
              </Button>
            </Radix.Close>
          </header>
          <div data-body className="min-h-0 grow overflow-y-auto px-5 pt-1 pb-[calc(20px+env(safe-area-inset-bottom))]">
            {children}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** A question in the middle of the page; on a phone, from below. */
export function Dialog(props: OverlayProps) {
  return (
    <Overlay
      {...props}
      place="inset-x-0 bottom-0 max-h-[92dvh] animate-rise rounded-t-card sm:inset-x-auto sm:top-1/2 sm:bottom-auto sm:left-1/2 sm:w-[480px] sm:-translate-1/2 sm:rounded-card"
    />
  );
}

/** One thing of a list, looked at closely beside the list. */
export function Drawer(props: OverlayProps) {
  return (
    <Overlay
      {...props}
      place="inset-x-0 bottom-0 max-h-[92dvh] animate-rise rounded-t-card sm:inset-y-0 sm:right-0 sm:left-auto sm:max-h-none sm:w-[440px] sm:animate-slide sm:rounded-none"
    />
  );
}

interface ConfirmProps {
  title: string;
  /** what will happen, and what will not */
  text: ReactNode;
  /** what the button that does it says */
  action: string;
  /** what can be chosen with it */
  choice?: ReactNode;
  onConfirm(): Promise<unknown>;
  /** the button that asks */
  children: ReactNode;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ title, text, action, choice, onConfirm, children }: ConfirmProps) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [thrown, setThrown] = useState<unknown>(null);
  const confirm = async () => {
    setBusy(true);
    setThrown(null);
    try {
      await onConfirm();
      setOpen(false);
    } catch (error) {
      setThrown(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <AlertDialog.Root open={open} onOpenChange={setOpen}>
      <AlertDialog.Trigger asChild>{children}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={backdrop} />
        <AlertDialog.Content className="fixed inset-x-4 top-1/2 z-50 mx-auto max-w-[420px] -translate-y-1/2 animate-rise rounded-card bg-raised p-5 shadow-float">
          <AlertDialog.Title className="wrap-anywhere font-strong text-lg">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-pretty text-muted">{text}</AlertDialog.Description>
          {choice}
          {thrown !== null && <ErrorNote error={errorOf(thrown)} className="mt-4" />}
          <div className="mt-5 flex justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button>Cancel</Button>
            </AlertDialog.Cancel>
            <Button look="danger" busy={busy} onClick={confirm}>
              {action}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
