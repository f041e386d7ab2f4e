import { printableInLine } from './say.ts';

type Cell = string | number | undefined;

/** Rows as text in columns, each under its key in words (`fresh at` for `freshAt`); numbers stand to the right. */
export function formatTable(rows: readonly Readonly<Record<string, Cell>>[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].map((key) => {
    const title = key.replace(/[a-z][A-Z]/g, ([end = '', start = '']) => `${end} ${start.toLowerCase()}`);
    const cells = rows.map((row) => printableInLine(String(row[key] ?? '')));
    const width = Math.max(title.length, ...cells.map(({ length }) => length));
    const isNumeric = rows.every((row) => typeof row[key] === 'number');
    const padded = cells.map((cell) => (isNumeric ? cell.padStart(width) : cell.padEnd(width)));
    return [isNumeric ? title.padStart(width) : title.padEnd(width), '-'.repeat(width), ...padded];
  });
  const lines = columns[0]?.map((_, line) =>
    columns
      .map((column) => column[line])
      .join('  ')
      .trimEnd(),
  );
  return lines?.join('\n') ?? '';
}
