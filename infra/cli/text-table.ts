export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number;
}

/** Rows as text in columns; numbers stand to the right. */
export function formatTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column) => column.value(row)));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => String(row[index]).length)),
  );
  const isNumeric = columns.map((_, index) => rows.length > 0 && cells.every((row) => typeof row[index] === 'number'));
  const line = (row: readonly (string | number)[]) =>
    row
      .map((cell, index) =>
        isNumeric[index] ? String(cell).padStart(widths[index] ?? 0) : String(cell).padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [
    line(columns.map(({ title }) => title)),
    line(widths.map((width) => '-'.repeat(width))),
    ...cells.map(line),
  ].join('\n');
}
