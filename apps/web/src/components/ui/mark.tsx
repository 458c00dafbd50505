import { type Look, lookColor, lookWord } from "@/lib/outcome";

const shape: Record<Look, React.ReactNode> = {
  sent: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  planned: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  sending: (
    <>
      <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 2a4 4 0 0 1 0 8Z" fill="currentColor" />
    </>
  ),
  waiting: (
    <g stroke="currentColor" strokeWidth="1.6">
      <path d="M1.5 8 8 1.5M1.5 12 12 1.5M5 12 12 5M9 12l3-3" />
    </g>
  ),
  refused: <path d="M6 1.2 11.4 10.6H.6Z" fill="currentColor" />,
  lost: <path d="m2 2 8 8M10 2l-8 8" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />,
  skipped: <path d="M2 6h8" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />,
};

/** The shape of an outcome in its colour. The word has to stand beside it. */
export function Mark({ look, className = "size-3" }: { look: Look; className?: string }) {
  return (
    <svg
      viewBox="0 0 12 12"
      className={`shrink-0 ${className}`}
      style={{ color: `var(${lookColor[look]})` }}
      aria-hidden
    >
      {shape[look]}
    </svg>
  );
}

export function MarkWord({ look, word = lookWord[look] }: { look: Look; word?: string }) {
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <Mark look={look} />
      {word}
    </span>
  );
}
