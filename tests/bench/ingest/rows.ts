import type { BenchColumn } from './columns.ts';

/** A row as PostgreSQL would print its values; null = NULL. */
export type BenchRow = readonly (string | null)[];

/** Of 100 cells that may be NULL; with those that may not, about half of all. */
const NULL_PERCENT = 54;
const START_MS = Date.UTC(2024, 4, 1, 12);

/** Always the same numbers: both systems, and every run, get the same bytes. */
class Numbers {
  #state = 0x9e3779b9;

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.below(0x1000_0000).toString(16).padStart(7, '0');
    return text.slice(0, digits);
  }
}

/** Rows that look like telemetry: identifiers that never repeat, names and addresses that often do, a stack trace here and there. */
export function makeRows(columns: readonly BenchColumn[], count: number): readonly BenchRow[] {
  const numbers = new Numbers();
  return Array.from({ length: count }, (_, index) =>
    columns.map((column) =>
      !column.notNull && numbers.below(100) < NULL_PERCENT ? null : cellOf(column, index, numbers),
    ),
  );
}

function cellOf({ name, type }: BenchColumn, row: number, numbers: Numbers): string {
  switch (type) {
    case 'text':
      return textOf(name, numbers);
    case 'int4':
      return String(name.endsWith('port') ? 1024 + numbers.below(60_000) : 200 + numbers.below(300));
    case 'int8':
      return String(BigInt(row) * 1_000_003n);
    case 'float8':
      return String(numbers.below(1_000_000) / 64 + 0.5);
    case 'bool':
      return numbers.below(4) === 0 ? 'f' : 't';
    case 'date':
      return '2024-05-01';
    case 'timestamptz':
      return timestamp(row, numbers.below(1_000));
    case 'jsonb':
      return `{"n": ${numbers.below(10_000)}, "ok": true, "host": "host-${numbers.below(40)}", "route": "/api/v1/items/${numbers.below(500)}", "trace": "${numbers.hex(16)}"}`;
    case 'text[]':
      return `{${['http', `status-${numbers.below(5)}`, numbers.hex(8)].slice(0, 1 + numbers.below(3)).join(',')}}`;
    default:
      return type satisfies never;
  }
}

/** A thousand rows a second; microseconds that are not all zero, so that nothing rounds. */
function timestamp(row: number, micros: number): string {
  const [day, time] = new Date(START_MS + row).toISOString().slice(0, -1).split('T');
  return `${day} ${time}${String(micros * 997 + 1)
    .padStart(6, '0')
    .slice(-3)
    .replace(/0$/, '1')}+00`;
}

function textOf(name: string, numbers: Numbers): string {
  if (name.endsWith('stacktrace')) {
    const frames = Array.from(
      { length: 6 },
      () => `at handler${numbers.below(50)} (/srv/app/file${numbers.below(90)}.ts)`,
    );
    return `Error: it's broken\n\t${frames.join('\n\t')}`;
  }
  if (/query___text|original$|url___full/.test(name)) {
    return `https://service-${numbers.below(20)}.example.org/api/v1/items/${numbers.below(100_000)}?page=${numbers.below(50)}`;
  }
  if (/(^|_)(id|uid|hash)$|trace_id|span_id/.test(name) && name !== 'project_id') return numbers.hex(32);
  if (name === 'project_id') return `project-${numbers.below(7)}`;
  if (name.endsWith('address')) return `10.0.${numbers.below(8)}.${numbers.below(250)}`;
  return `${name.slice(-12)} ${numbers.below(60)}`;
}
