import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

const schema = `
  CREATE TABLE IF NOT EXISTS tables (name TEXT PRIMARY KEY, definition TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS items (
    tbl TEXT, pk TEXT, sk TEXT, item TEXT NOT NULL, expires REAL, PRIMARY KEY (tbl, pk, sk)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS expiring ON items (tbl, expires) WHERE expires IS NOT NULL;
  CREATE TABLE IF NOT EXISTS entries (
    tbl TEXT, idx TEXT, ipk TEXT, isk TEXT, pk TEXT, sk TEXT, PRIMARY KEY (tbl, idx, ipk, isk, pk, sk)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS stream (
    arn TEXT, sequence INTEGER, writtenAt REAL NOT NULL, record TEXT NOT NULL, PRIMARY KEY (arn, sequence)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS checkpoints (
    arn TEXT, consumer TEXT, sequence INTEGER NOT NULL, PRIMARY KEY (arn, consumer)
  ) WITHOUT ROWID;
`;

/** SQLite, which Node brings: everything is written at once or not at all, also where the process is killed. */
export interface Database {
  run(sql: string, ...values: SQLInputValue[]): void;
  first(sql: string, ...values: SQLInputValue[]): Row | undefined;
  /** Rows as they are found; nothing may be written until the last one was taken. */
  each(sql: string, ...values: SQLInputValue[]): Iterable<Row>;
  /** Runs something that writes, as a whole or, where it throws, not at all. */
  atomically<T>(run: () => T): T;
  close(): void;
}

export type Row = Readonly<Record<string, unknown>>;

/** @param path of a file; without one everything is gone when it is closed */
export function openDatabase(path: string | undefined): Database {
  const sqlite = new DatabaseSync(path ?? ':memory:');
  // What a killed process has written is safe with the operating system; a machine without power is no case here.
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;');
  sqlite.exec(schema);
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql) ?? sqlite.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  return {
    run: (sql, ...values) => void prepared(sql).run(...values),
    first: (sql, ...values) => prepared(sql).get(...values),
    each: (sql, ...values) => prepared(sql).iterate(...values),
    atomically(run) {
      prepared('BEGIN').run();
      try {
        const result = run();
        prepared('COMMIT').run();
        return result;
      } catch (error) {
        prepared('ROLLBACK').run();
        throw error;
      }
    },
    close: () => sqlite.close(),
  };
}
