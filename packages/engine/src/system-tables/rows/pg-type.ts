import type { SystemRow } from '../relation-shape.ts';
import { TYPE_ROWS } from '../type-rows.ts';
import { namespaceOid, OWNER_OID } from './ids.ts';

/** One type of pg_type. */
export interface TypeEntry {
  readonly oid: number;
  readonly name: string;
  readonly length: number;
  readonly byValue: boolean;
  readonly align: string;
  readonly storage: string;
  readonly collation: number;
  readonly row: SystemRow;
}

/** The input, output, receive and send functions that pg_type names, for pg_proc: OID by name. */
export const TYPE_FUNCTIONS: ReadonlyMap<string, number> = collectFunctions();

/** Every type, by OID. */
export const TYPE_ENTRIES: ReadonlyMap<number, TypeEntry> = new Map(
  TYPE_ROWS.map((line) => typeEntry(line)).map((entry) => [entry.oid, entry]),
);

function typeEntry(line: string): TypeEntry {
  const fields = line.split(' ');
  const text = (index: number): string => fields[index] ?? '';
  const oidOfFunction = (index: number): number => Number(text(index).split(':')[0]);
  const oid = Number(text(0));
  const byValue = text(3) === 't';
  const length = Number(text(2));
  const [align, storage, collation] = [text(7), text(8), Number(text(15))];
  const row: SystemRow = {
    oid,
    typname: text(1),
    typnamespace: namespaceOid('pg_catalog'),
    typowner: OWNER_OID,
    typlen: length,
    typbyval: byValue,
    typtype: text(4),
    typcategory: text(5),
    typispreferred: text(6) === 't',
    typisdefined: true,
    typdelim: ',',
    typelem: Number(text(9)),
    typarray: Number(text(10)),
    typsubscript: 0,
    typinput: oidOfFunction(11),
    typoutput: oidOfFunction(12),
    typreceive: oidOfFunction(13),
    typsend: oidOfFunction(14),
    typmodin: oidOfFunction(16),
    typmodout: oidOfFunction(17),
    typalign: align,
    typstorage: storage,
    typtypmod: -1,
    typcollation: collation,
  };
  return { oid, name: text(1), length, byValue, align, storage, collation, row };
}

function collectFunctions(): ReadonlyMap<string, number> {
  const functions = new Map<string, number>();
  for (const match of TYPE_ROWS.join(' ').matchAll(/(\d+):(\w+)/g)) functions.set(match[2] ?? '', Number(match[1]));
  return functions;
}
