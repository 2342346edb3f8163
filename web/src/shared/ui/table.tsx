import type { ReactNode } from "react";

export interface Column<Row> {
  name: string;
  head: ReactNode;
  cell: (row: Row) => ReactNode;
  /** `title` leads the row where rows stack; `number` is set in even figures; `long` has words that may be broken anywhere. */
  sort?: "title" | "number" | "long";
}

interface Props<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  id: (row: Row) => string;
}

/** A list as a table; on a narrow screen its rows stack, the title first, and nothing scrolls sideways. */
export function Table<Row>({ caption, columns, rows, id }: Props<Row>) {
  return (
    <table className="stacks">
      <caption className="hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.name} scope="col" className={column.sort}>
              {column.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={id(row)}>
            {columns.map((column) => (
              <td key={column.name} className={column.sort}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
