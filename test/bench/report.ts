import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatTable } from '../../infra/cli/text-table.ts';

/** One line of the report. Without a target it is told and not judged. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly target?: string;
  readonly ok?: boolean;
}

/** How the full sync grows with the number of leases. */
export interface GrowthPoint {
  readonly leases: number;
  readonly run: 'first' | 'unchanged';
  readonly durationMs: number;
  readonly requests: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly maxMb: number;
}

export interface TextTable {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const verdict = ({ ok }: Row): string => (ok === undefined ? '' : ok ? 'held' : 'MISSED');

export const rowsTable = (rows: readonly Row[]): TextTable => ({
  titles: ['what', 'measured', 'to hold', ''],
  rows: rows.map((row) => [row.what, row.measured, row.target ?? '', verdict(row)]),
});

/** For a terminal. */
export const asText = ({ titles, rows }: TextTable): string =>
  formatTable(rows.map((cells) => Object.fromEntries(titles.map((title, index) => [title, cells[index]]))));

export const asMarkdown = ({ titles, rows }: TextTable): string =>
  [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Writes a report's files and answers the directory. */
export function writeReport(directory: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(directory, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return directory;
}
