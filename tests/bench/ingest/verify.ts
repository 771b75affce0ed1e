import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askChdb } from '../../interop/readers.ts';
import type { BenchColumn, BenchType } from './columns.ts';
import { arrayItems, copyTextCell } from './encode-cells.ts';
import type { BenchRow } from './rows.ts';
import type { Run } from './run-workload.ts';

/** ClickHouse's type of a column in the file of what was sent. */
const CLICKHOUSE_TYPES: Readonly<Record<BenchType, string>> = {
  text: 'Nullable(String)',
  int4: 'Nullable(Int32)',
  int8: 'Nullable(Int64)',
  float8: 'Nullable(Float64)',
  bool: 'Nullable(Bool)',
  date: 'Nullable(Date32)',
  timestamptz: `Nullable(DateTime64(6, 'UTC'))`,
  jsonb: 'Nullable(String)',
  'text[]': 'Array(String)',
};

/**
 * Whether the Delta tables of some runs hold what was acknowledged, row by row, each as often as it was: ClickHouse counts and sums a hash of every
 * row, once over the table and once over a file of what was sent. Returns what is wrong; empty = all is well.
 */
export function verifyTables(
  runs: readonly (Pick<Run, 'table' | 'weights' | 'rows'> & { readonly path: string })[],
  columns: readonly BenchColumn[],
  rows: readonly BenchRow[],
  parent: string,
): readonly string[] {
  const directory = mkdtempSync(join(parent, 'millrace-sent-'));
  try {
    const file = join(directory, 'sent.tsv');
    writeFileSync(file, sentFile(runs, columns, rows));
    const weights = runs.map((_, index) => `weight_${index} UInt64`);
    const structure = [...columns.map(({ name, type }) => `\`${name}\` ${CLICKHOUSE_TYPES[type]}`), ...weights].join(
      ', ',
    );
    const hash = `cityHash64(${columns.map(cellText).join(', ')})`;
    const answers = askChdb(
      runs.flatMap(({ path }, index) => [
        `select toString(count()), toString(sum(${hash})) from deltaLakeLocal('${path}')`,
        `select toString(sum(weight_${index})), toString(sum(weight_${index} * ${hash})) from file('${file}', 'TSV', '${structure.replaceAll("'", "\\'")}')`,
      ]),
    );
    return runs.flatMap(({ table, rows: count }, index) => {
      const stored = answers[2 * index]?.[0]?.join(' ');
      const sent = answers[2 * index + 1]?.[0]?.join(' ');
      const acknowledged = String(count);
      if (stored === sent && stored?.split(' ')[0] === acknowledged) return [];
      return [`${table}: Delta holds ${stored}, sent ${sent} (rows, checksum), acknowledged ${acknowledged}`];
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function sentFile(
  runs: readonly Pick<Run, 'weights'>[],
  columns: readonly BenchColumn[],
  rows: readonly BenchRow[],
): string {
  const lines = rows.map((row, index) => {
    const cells = row.map((cell, column) => sentCell(columns[column]?.type ?? 'text', cell));
    return `${[...cells, ...runs.map(({ weights }) => weights[index] ?? 0)].join('\t')}\n`;
  });
  return lines.join('');
}

function sentCell(type: BenchType, cell: string | null): string {
  // ClickHouse has no NULL arrays, and reads those of Delta as empty ones.
  if (type === 'text[]')
    return cell === null
      ? '[]'
      : `[${arrayItems(cell)
          .map((item) => `'${item}'`)
          .join(',')}]`;
  if (type === 'timestamptz') return copyTextCell(cell?.replace(/\+00$/, '') ?? null);
  if (type === 'bool' && cell !== null) return cell === 't' ? 'true' : 'false';
  return copyTextCell(cell);
}

/** The same text for the same value on both sides; NULL is a text that no value has. */
function cellText({ name, type }: BenchColumn): string {
  const column = `\`${name}\``;
  if (type === 'text[]') return `toJSONString(${column})`;
  if (type === 'timestamptz') return `ifNull(toString(toTimeZone(${column}, 'UTC')), '\\\\N')`;
  return `ifNull(toString(${column}), '\\\\N')`;
}
