import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

export const buttonStyle = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-2 whitespace-nowrap rounded-control font-strong transition-colors duration-150 disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-progress aria-disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      look: {
        primary: "bg-accent text-on-accent hover:not-disabled:bg-accent-strong",
        secondary: "border border-line bg-surface text-text hover:not-disabled:border-edge hover:not-disabled:bg-hover",
        quiet: "text-muted hover:not-disabled:bg-hover hover:not-disabled:text-text",
        danger: "bg-dead text-on-dead hover:not-disabled:opacity-90",
      },
      size: {
        sm: "h-8 px-3 text-sm max-sm:h-10",
        md: "h-9 px-4 text-base max-sm:h-10",
        icon: "size-8 max-sm:size-10",
      },
    },
    defaultVariants: { look: "secondary", size: "sm" },
  },
);

type ButtonProps = ComponentProps<"button"> & VariantProps<typeof buttonStyle> & { busy?: boolean; asChild?: boolean };

/** `busy` shows that its work is under way and keeps it from being pressed twice; the focus stays, unlike with `disabled`. */
export function Button({ look, size, busy = false, asChild, className, children, onClick, ...props }: ButtonProps) {
  const style = cn(buttonStyle({ look, size }), className);
  if (asChild)
    return (
      <Slot.Root className={style} onClick={onClick} {...props}>
        {children}
      </Slot.Root>
    );
  return (
    <button
      type="button"
      className={style}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      {...props}
    >
      {busy && <LoaderCircle className="animate-spin" aria-hidden />}
      {children}
    </button>
  );
}
