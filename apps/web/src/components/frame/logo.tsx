import { cn } from "@/lib/cn";

export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={cn("shrink-0", className)} aria-hidden>
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <g transform="translate(-.5)">
        <path
          d="M8 14.5v3A1.5 1.5 0 0 0 9.5 19H12l8.2 4.4a.55.55 0 0 0 .8-.5V9.1a.55.55 0 0 0-.8-.5L12 13H9.5A1.5 1.5 0 0 0 8 14.5Z"
          fill="var(--on-accent)"
        />
        <path
          d="M24 13.2a4.5 4.5 0 0 1 0 5.6"
          fill="none"
          stroke="var(--on-accent)"
          strokeWidth="2"
          strokeLinecap="round"
        />
      </g>
    </svg>
  );
}
