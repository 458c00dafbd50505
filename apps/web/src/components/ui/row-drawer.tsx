import type { ReactNode } from "react";
import { Drawer } from "./overlay";

interface RowDrawerProps<Row> {
  /** the row that is open */
  row: Row | undefined;
  nameOf(row: Row): string;
  onClose(): void;
  /** what is told of it, and what can be done */
  children(row: Row): ReactNode;
}

/** One row of a table, looked at closely beside the table. */
export function RowDrawer<Row extends { id: string }>({ row, nameOf, onClose, children }: RowDrawerProps<Row>) {
  return (
    <Drawer title={row === undefined ? "" : nameOf(row)} open={row !== undefined} onClose={onClose}>
      {row !== undefined && (
        <div key={row.id} className="space-y-5">
          {children(row)}
        </div>
      )}
    </Drawer>
  );
}
