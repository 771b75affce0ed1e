import type { FormatSettings } from '../ports/query-handler.ts';
import { formatArrayText } from '../types/array-text.ts';
import { formatByteaEscape, formatByteaHex } from '../types/bytea.ts';
import type { DataType } from '../types/data-type.ts';
import { formatDate, formatTimestamp, formatTimestamptz } from '../types/datetime-format.ts';
import { formatInterval } from '../types/interval.ts';
import { timeZoneOf } from '../types/time-zone.ts';
import type { Interval, Value } from '../types/value.ts';
import { DEFAULT_FORMAT } from './default-format.ts';
import { formatFloat4, formatFloat8 } from './float-text.ts';

/**
 * PostgreSQL's text output of a non-null value. reg* print what `format.objectName` says, otherwise their number (`-` for 0).
 */
export function valueToText(type: DataType, value: Value, format: FormatSettings = DEFAULT_FORMAT): string {
  switch (type.kind) {
    case 'bool':
      return value === true ? 't' : 'f';
    case 'float4':
      return formatFloat4(value as number, format.extraFloatDigits);
    case 'float8':
      return formatFloat8(value as number, format.extraFloatDigits);
    case 'bytea':
      return format.byteaOutput === 'hex'
        ? formatByteaHex(value as Uint8Array)
        : formatByteaEscape(value as Uint8Array);
    case 'date':
      return formatDate(value as number);
    case 'timestamp':
      return formatTimestamp(value as bigint);
    case 'timestamptz':
      return formatTimestamptz(value as bigint, timeZoneOf(format.timeZone));
    case 'interval':
      return formatInterval(value as Interval);
    case 'array': {
      const { item } = type;
      return formatArrayText(
        (value as readonly Value[]).map((v) => (v === null ? null : valueToText(item, v, format))),
      );
    }
    case 'regclass':
    case 'regtype':
    case 'regproc':
    case 'regnamespace':
      return format.objectName?.(type.kind, value as number) ?? (value === 0 ? '-' : String(value));
    case 'int2':
    case 'int4':
    case 'int8':
    case 'oid':
    case 'numeric':
    case 'text':
    case 'varchar':
    case 'bpchar':
    case 'name':
    case 'char':
    case 'uuid':
    case 'json':
    case 'jsonb':
    case 'unknown':
    case 'void':
      return String(value);
    default:
      return type satisfies never;
  }
}
