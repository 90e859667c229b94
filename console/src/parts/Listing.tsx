import type { ReactNode } from "react";

export type Column<T> = {
  readonly title: string;
  /** Shown to screen readers only: the column's content speaks for itself. */
  readonly hideTitle?: boolean;
  /** Numbers stand at the end of their column, so that they can be compared. */
  readonly align?: "end";
  readonly cell: (row: T) => ReactNode;
};

type ListingProps<T> = {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string | number;
};

/**
 * A table that becomes a list of cards where it is narrow. The roles are written out, because a browser forgets what a
 * table is as soon as its rows are laid out another way. The first column names the row.
 */
export function Listing<T>({ label, columns, rows, rowKey }: ListingProps<T>) {
  return (
    <div className="listing" data-wide={columns.length > 4}>
      <table role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th key={column.title} role="columnheader" scope="col" data-align={column.align}>
                <span className={column.hideTitle === true ? "hidden" : undefined}>{column.title}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row">
              {columns.map((column, index) =>
                index === 0 ? (
                  <th key={column.title} role="rowheader" scope="row">
                    {column.cell(row)}
                  </th>
                ) : (
                  <td
                    key={column.title}
                    role="cell"
                    data-align={column.align}
                    data-title={column.hideTitle === true ? undefined : column.title}
                  >
                    <div className="cell">{column.cell(row)}</div>
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
