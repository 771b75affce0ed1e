import type { BenchColumn, BenchType } from './columns.ts';
import { binaryCell, copyTextCell, csvCell, int16, int32, literalCell } from './encode-cells.ts';
import { bindAndExecute, COPY_DONE, message, parse, SYNC, text } from './messages.ts';
import type { BenchRow } from './rows.ts';

/** How rows get in. `prepared` has parameters as text, `binary` has them in binary format, `text` is the simple protocol with literals. */
export type WayIn = 'prepared' | 'binary' | 'text' | 'copy-text' | 'copy-csv' | 'copy-binary';

/** What is written before one answer is awaited: built once, sent many times. */
export interface Unit {
  /** The rows it holds: from `firstRow` of all rows on. */
  readonly firstRow: number;
  readonly rows: number;
  readonly head: Buffer;
  /** What follows once the server asks for it: COPY's data and its end. */
  readonly body: readonly Buffer[];
  /** How often ReadyForQuery comes. */
  readonly answers: number;
  /** How often each of its rows comes. */
  readonly repeats: number;
}
export interface Units {
  /** What a connection sends once, at its start; empty = nothing. */
  readonly prepare: Buffer;
  readonly units: readonly Unit[];
}
export interface UnitOptions {
  readonly table: string;
  readonly columns: readonly BenchColumn[];
  readonly rows: readonly BenchRow[];
  readonly way: WayIn;
  readonly rowsPerStatement: number;
  /** Statements before one Sync. */
  readonly pipelined: number;
}

const STATEMENT = 'insert';
const COPY_CHUNK_BYTES = 64 * 1024;
const COPY_BINARY_HEAD = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), int32(0), int32(0)]);

/** Every row once, in units; what is left over at the end, less than a unit, is not used. */
export function makeUnits(options: UnitOptions): Units {
  const { rows, rowsPerStatement, pipelined, way } = options;
  const size = rowsPerStatement * pipelined;
  const prepared = way === 'prepared' || way === 'binary';
  const units = Array.from({ length: Math.floor(rows.length / size) }, (_, index): Unit => {
    const firstRow = index * size;
    const statements = Array.from({ length: pipelined }, (_, n) =>
      rows.slice(firstRow + n * rowsPerStatement, firstRow + (n + 1) * rowsPerStatement),
    );
    return {
      firstRow,
      rows: size,
      repeats: 1,
      answers: way === 'text' ? pipelined : 1,
      ...encode(statements, options),
    };
  });
  const sql = prepared ? insertSql(options, (row, column, width) => `$${row * width + column + 1}`) : '';
  return { prepare: prepared ? Buffer.concat([parse(STATEMENT, sql), SYNC]) : Buffer.alloc(0), units };
}

/** One COPY of at least so many bytes: the same data over and over, not copied. Not for the binary format, whose data has a head and an end. */
export function enlargeCopy({ prepare, units }: Units, bytesMin: number): Units {
  const unit = units[0] as Unit;
  const data = unit.body.slice(0, -1);
  const repeats = Math.ceil(bytesMin / data.reduce((bytes, chunk) => bytes + chunk.length, 0));
  const body = [...Array.from({ length: repeats }, () => data).flat(), COPY_DONE];
  return { prepare, units: [{ ...unit, rows: unit.rows * repeats, repeats, body }] };
}

/** The same units for another table, in place: every run has a table of its own, and building them again takes longer than a run. */
export function retarget({ prepare, units }: Units, from: string, to: string): void {
  if (from.length !== to.length) throw new Error(`${from} and ${to} differ in length`);
  for (const bytes of [prepare, ...units.map(({ head }) => head)]) {
    for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + to.length)) bytes.write(to, at);
  }
}

function encode(statements: readonly (readonly BenchRow[])[], options: UnitOptions): Pick<Unit, 'head' | 'body'> {
  const { way, table, columns } = options;
  switch (way) {
    case 'prepared':
    case 'binary': {
      const binds = statements.map((rows) =>
        bindAndExecute(STATEMENT, parameters(rows, columns, way), way === 'binary'),
      );
      return { head: Buffer.concat([...binds, SYNC]), body: [] };
    }
    case 'text': {
      const queries = statements.map((rows) =>
        message(
          'Q',
          text(
            insertSql({ ...options, rowsPerStatement: rows.length }, (row, column) =>
              literalCell(typeAt(columns, column), rows[row]?.[column] ?? null),
            ),
          ),
        ),
      );
      return { head: Buffer.concat(queries), body: [] };
    }
    case 'copy-text':
    case 'copy-csv':
    case 'copy-binary': {
      const format = way.slice('copy-'.length);
      const data = copyData(statements.flat(), columns, way);
      return {
        head: message('Q', text(`copy ${table} from stdin (format ${format})`)),
        body: [...data.map((chunk) => message('d', chunk)), COPY_DONE],
      };
    }
    default:
      return way satisfies never;
  }
}

function typeAt(columns: readonly BenchColumn[], column: number): BenchType {
  return columns[column]?.type ?? 'text';
}

function parameters(
  rows: readonly BenchRow[],
  columns: readonly BenchColumn[],
  way: WayIn,
): readonly (Buffer | null)[] {
  return rows.flatMap((row) =>
    row.map((cell, column) => {
      if (cell === null) return null;
      return way === 'binary' ? binaryCell(typeAt(columns, column), cell) : Buffer.from(cell);
    }),
  );
}

function insertSql(
  { table, columns, rowsPerStatement }: Pick<UnitOptions, 'table' | 'columns' | 'rowsPerStatement'>,
  cell: (row: number, column: number, width: number) => string,
): string {
  const values = Array.from(
    { length: rowsPerStatement },
    (_, row) => `(${columns.map((_, column) => cell(row, column, columns.length)).join(', ')})`,
  );
  return `insert into ${table} values ${values.join(', ')}`;
}

/** In chunks of about COPY_CHUNK_BYTES, each of whole rows, as libpq's clients send them. */
function copyData(rows: readonly BenchRow[], columns: readonly BenchColumn[], way: WayIn): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let parts: Buffer[] = way === 'copy-binary' ? [COPY_BINARY_HEAD] : [];
  let bytes = 0;
  const cut = (): void => {
    if (parts.length > 0) chunks.push(Buffer.concat(parts));
    [parts, bytes] = [[], 0];
  };
  for (const row of rows) {
    const encoded = copyRow(row, columns, way);
    parts.push(encoded);
    bytes += encoded.length;
    if (bytes >= COPY_CHUNK_BYTES) cut();
  }
  if (way === 'copy-binary') parts.push(int16(0xffff));
  cut();
  return chunks;
}

function copyRow(row: BenchRow, columns: readonly BenchColumn[], way: WayIn): Buffer {
  if (way === 'copy-text') return Buffer.from(`${row.map(copyTextCell).join('\t')}\n`);
  if (way === 'copy-csv') return Buffer.from(`${row.map(csvCell).join(',')}\n`);
  const cells = row.flatMap((cell, column) => {
    if (cell === null) return [int32(-1)];
    const value = binaryCell(typeAt(columns, column), cell);
    return [int32(value.length), value];
  });
  return Buffer.concat([int16(row.length), ...cells]);
}
