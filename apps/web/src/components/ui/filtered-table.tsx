"use client";

import { formatNumber } from "@/lib/format";
import { useUrlState } from "@/lib/url-state";
import { Button } from "./button";
import { Chips } from "./chips";
import { DataTable, type DataTableProps } from "./data-table";
import { Input } from "./field";

/** What can be listed, by its word in the address. */
export type Filters<Row> = Record<string, { label: string; fits(row: Row): boolean }>;

interface FilteredTableProps<Row> extends DataTableProps<Row> {
  /** beside «All» */
  filters: Filters<Row>;
  /** what the search looks through */
  textOf(row: Row): string;
}

/** Which rows the address asks for; `show` asks for others. */
export function useFilter() {
  const [filter, setFilter] = useUrlState("filter", "all");
  const [search, setSearch] = useUrlState("q");
  const show = (next: string) => {
    setFilter(next);
    setSearch("");
  };
  return { filter, setFilter, search, setSearch, show };
}

/** A table beneath its filters and its search, which both stand in the address. */
export function FilteredTable<Row>({ filters, textOf, ...table }: FilteredTableProps<Row>) {
  const { label, rows } = table;
  const { filter, setFilter, search, setSearch, show } = useFilter();
  const fits = filters[filter]?.fits ?? (() => true);
  const text = search.trim().toLowerCase();
  const found = rows.filter((row) => fits(row) && textOf(row).toLowerCase().includes(text));
  const chips = Object.entries(filters).map(([value, { label, fits }]) => ({
    value,
    label,
    count: rows.filter(fits).length,
  }));
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <Chips
          label={`Which ${label.toLowerCase()}`}
          value={filter}
          onChange={setFilter}
          chips={[{ value: "all", label: "All", count: rows.length }, ...chips]}
        />
        <Input
          type="search"
          aria-label={`Search ${label.toLowerCase()}`}
          placeholder="Search"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="w-56 max-sm:w-full"
        />
      </div>
      <p role="status" className="sr-only">
        {formatNumber(found.length)} of {formatNumber(rows.length)} shown
      </p>
      {found.length === 0 ? (
        <div className="flex flex-col items-center gap-3 py-12 text-muted">
          Nothing here fits the filter and the search.
          <Button onClick={() => show("all")}>Show all {label.toLowerCase()}</Button>
        </div>
      ) : (
        <DataTable {...table} rows={found} />
      )}
    </>
  );
}
