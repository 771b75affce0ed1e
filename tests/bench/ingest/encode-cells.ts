import type { BenchType } from './columns.ts';

const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;
const TEXT_OID = 25;

/** A value in PostgreSQL's binary format. */
export function binaryCell(type: BenchType, text: string): Buffer {
  switch (type) {
    case 'text':
      return Buffer.from(text);
    case 'int4':
      return int32(Number(text));
    case 'int8':
      return int64(BigInt(text));
    case 'float8': {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleBE(Number(text));
      return bytes;
    }
    case 'bool':
      return Buffer.of(text === 't' ? 1 : 0);
    case 'date':
      return int32((Date.parse(text) - POSTGRES_EPOCH_MS) / DAY_MS);
    case 'timestamptz': {
      const [, seconds = '', fraction = ''] = /^(.{19})\.?(\d*)\+00$/.exec(text) ?? [];
      const millis = Date.parse(`${seconds.replace(' ', 'T')}Z`) - POSTGRES_EPOCH_MS;
      return int64(BigInt(millis) * 1_000n + BigInt(fraction.padEnd(6, '0')));
    }
    case 'jsonb':
      return Buffer.concat([Buffer.of(1), Buffer.from(text)]);
    case 'text[]': {
      const items = arrayItems(text).map((item) => Buffer.from(item));
      const head = [int32(1), int32(0), int32(TEXT_OID), int32(items.length), int32(1)];
      return Buffer.concat([...head, ...items.flatMap((item) => [int32(item.length), item])]);
    }
    default:
      return type satisfies never;
  }
}

/** The items of an array such as `{a,b}`: these rows have none that need quotes. */
export function arrayItems(text: string): readonly string[] {
  return text.slice(1, -1).split(',');
}

/** A literal for a statement without parameters. */
export function literalCell(type: BenchType, text: string | null): string {
  if (text === null) return 'null';
  if (type === 'int4' || type === 'int8' || type === 'float8') return text;
  if (type === 'bool') return text === 't' ? 'true' : 'false';
  return `'${text.replaceAll("'", "''")}'`;
}

/** A field of COPY's text format; also what ClickHouse calls TSV. */
export function copyTextCell(text: string | null): string {
  if (text === null) return '\\N';
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r');
}

/** A field of COPY's csv format: NULL is nothing at all. */
export function csvCell(text: string | null): string {
  if (text === null) return '';
  return text === '' || /[",\n\r\\]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Four bytes in network order. */
export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** Two bytes in network order; counts go up to 65,535. */
export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}
