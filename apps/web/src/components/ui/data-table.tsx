"use client";

import { ArrowDown, ArrowUp, X } from "lucide-react";
import { type CSSProperties, type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { cn } from "@/lib/cn";
import { formatNumber } from "@/lib/format";
import { useUrlState } from "@/lib/url-state";
import { Button } from "./button";

/** Rows drawn before the person asks for more. */
const PAGE = 200;

export interface Column<Row> {
  key: string;
  title: string;
  cell(row: Row): ReactNode;
  /** what the column sorts by; without it, it does not sort */
  sort?(row: Row): string | number;
  right?: boolean;
  /** takes the width that the others leave, and is cut where it is longer; the others are as wide as what they hold */
  grow?: boolean;
  /** hidden on narrow screens */
  wide?: boolean;
}

export interface DataTableProps<Row> {
  label: string;
  rows: Row[];
  columns: Array<Column<Row>>;
  idOf(row: Row): string;
  /** what a row is called, for its checkbox */
  nameOf(row: Row): string;
  onOpen?(row: Row): void;
  selection?: { ids: ReadonlySet<string>; set(ids: ReadonlySet<string>): void };
}

function useSorted<Row>(rows: Row[], columns: Array<Column<Row>>) {
  const [order, setOrder] = useUrlState("sort");
  const [key, direction] = order.split(".");
  const sorted = useMemo(() => {
    const by = columns.find((column) => column.key === key)?.sort;
    if (by === undefined) return rows;
    const sign = direction === "down" ? -1 : 1;
    return rows.toSorted((a, b) => {
      const [x, y] = [by(a), by(b)];
      const less = typeof x === "string" ? x.localeCompare(String(y)) : x - Number(y);
      return sign * less;
    });
  }, [rows, columns, key, direction]);
  const next = (column: string) =>
    setOrder(key !== column ? `${column}.up` : direction === "up" ? `${column}.down` : "");
  return { sorted, key, direction, next };
}

/** How a column's cells lie, in the head and below. */
const cellStyle = <Row,>({ right, grow, wide }: Column<Row>): string =>
  cn(
    "px-4 py-2 max-sm:px-3",
    right && "tabular text-right",
    grow ? "w-(--share) max-w-0 max-md:w-full" : "whitespace-nowrap",
    wide && "max-md:hidden",
  );

/** The checkbox of a row, or of all; its whole cell can be pressed. */
function Check({ label, ...props }: { label: string; checked: boolean; tabIndex?: number; onChange(): void }) {
  return (
    <label className="-my-2 flex items-center justify-center py-3 pr-1 pl-4 max-sm:pl-3">
      <input type="checkbox" aria-label={label} className="size-4" {...props} />
    </label>
  );
}

/**
 * A table with a sticky head: sorts, selects (x), moves by j / k, opens by enter or click. Tab stops once in it, at the row
 * that was last looked at.
 */
export function DataTable<Row>({ label, rows, columns, idOf, nameOf, onOpen, selection }: DataTableProps<Row>) {
  const { sorted, key, direction, next } = useSorted(rows, columns);
  const [limit, setLimit] = useState(PAGE);
  const [lastId, setLastId] = useState<string | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const shown = sorted.slice(0, limit);
  const tabId = shown.some((row) => idOf(row) === lastId) ? lastId : shown[0] && idOf(shown[0]);
  const share = { "--share": `${100 / columns.filter((column) => column.grow).length}%` } as CSSProperties;
  const all = selection !== undefined && rows.length > 0 && rows.every((row) => selection.ids.has(idOf(row)));

  const toggle = (id: string) => {
    if (selection === undefined) return;
    const ids = new Set(selection.ids);
    if (!ids.delete(id)) ids.add(id);
    selection.set(ids);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTableRowElement>, row: Row) => {
    if (event.target !== event.currentTarget) return;
    const rowsOnPage = [...(body.current?.rows ?? [])];
    const at = rowsOnPage.indexOf(event.currentTarget);
    const pressed = event.key;
    if (pressed === "j" || pressed === "ArrowDown") rowsOnPage[at + 1]?.focus();
    else if (pressed === "k" || pressed === "ArrowUp") rowsOnPage[at - 1]?.focus();
    else if (pressed === "Enter") onOpen?.(row);
    else if (pressed === "x" || pressed === " ") toggle(idOf(row));
    else return;
    event.preventDefault();
  };

  return (
    <div className="relative rounded-card border border-line bg-surface max-md:overflow-x-auto">
      <table aria-label={label} style={share} className="w-full border-collapse text-left">
        <thead className="text-muted text-sm md:sticky md:top-14 md:z-10">
          <tr>
            {selection !== undefined && (
              <th className="rounded-tl-card border-line border-b bg-surface py-2">
                <Check
                  label={`Select all ${label.toLowerCase()}`}
                  checked={all}
                  onChange={() => selection.set(all ? new Set() : new Set(rows.map(idOf)))}
                />
              </th>
            )}
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                aria-sort={key === column.key ? (direction === "down" ? "descending" : "ascending") : undefined}
                className={cn(
                  "border-line border-b bg-surface font-normal first:rounded-tl-card last:rounded-tr-card",
                  cellStyle(column),
                )}
              >
                {column.sort === undefined ? (
                  column.title
                ) : (
                  <button
                    type="button"
                    onClick={() => next(column.key)}
                    className="-my-1 inline-flex h-7 items-center gap-1 rounded-control hover:text-text max-sm:-my-2 max-sm:h-9"
                  >
                    {column.title}
                    {key === column.key &&
                      (direction === "down" ? <ArrowDown className="size-3" /> : <ArrowUp className="size-3" />)}
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {shown.map((row) => {
            const id = idOf(row);
            return (
              <tr
                key={id}
                tabIndex={id === tabId ? 0 : -1}
                onFocus={() => setLastId(id)}
                aria-selected={selection?.ids.has(id)}
                onKeyDown={(event) => onKeyDown(event, row)}
                onClick={() => onOpen?.(row)}
                className={cn(
                  "border-line border-b -outline-offset-2 last:border-0 hover:bg-hover aria-selected:bg-accent/8",
                  onOpen !== undefined && "cursor-pointer",
                )}
              >
                {selection !== undefined && (
                  // biome-ignore lint/a11y/useKeyWithClickEvents: only keeps a click on the checkbox from opening the row
                  <td className="py-2" onClick={(event) => event.stopPropagation()}>
                    <Check
                      label={`Select ${nameOf(row)}`}
                      checked={selection.ids.has(id)}
                      tabIndex={id === tabId ? 0 : -1}
                      onChange={() => toggle(id)}
                    />
                  </td>
                )}
                {columns.map((column) => (
                  <td key={column.key} className={cellStyle(column)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
      {sorted.length > limit && (
        <div className="flex items-center justify-between gap-4 border-line border-t px-4 py-2 text-muted text-sm">
          <span>
            {formatNumber(limit)} of {formatNumber(sorted.length)} shown
          </span>
          <Button onClick={() => setLimit(limit + PAGE)}>Show {PAGE} more</Button>
        </div>
      )}
    </div>
  );
}

/** What can be done to the selected rows; comes from below. */
export function BulkBar({ count, onClear, children }: { count: number; onClear(): void; children: ReactNode }) {
  if (count === 0) return null;
  return (
    <div
      role="toolbar"
      aria-label="Selected rows"
      className="fixed inset-x-4 bottom-6 z-30 mx-auto flex w-fit max-w-[560px] animate-rise flex-wrap items-center gap-2 rounded-card bg-raised py-2 pr-2 pl-4 shadow-float max-sm:gap-1.5 max-sm:pl-3 max-sm:bottom-[calc(72px+env(safe-area-inset-bottom))]"
    >
      <span role="status" className="tabular whitespace-nowrap pr-1">
        {formatNumber(count)} selected
      </span>
      {children}
      <Button look="quiet" size="icon" aria-label="Clear the selection" onClick={onClear}>
        <X aria-hidden />
      </Button>
    </div>
  );
}
