import { describe, expect, it } from 'vitest';
import { arrayOf, type DataType, types } from './data-type.ts';
import { arrayOidOf, oidOf, typeFromOid, typeSizeOf, typmodOf } from './oid.ts';

describe('OIDs', () => {
  it('are those of pg_type, there and back, modifiers included', () => {
    const table: [DataType, number, number][] = [
      [types.bool, 16, -1],
      [types.text, 25, -1],
      [{ kind: 'varchar', length: 10 }, 1043, 14],
      [{ kind: 'bpchar', length: 3 }, 1042, 7],
      [{ kind: 'numeric', precision: 10, scale: 2 }, 1700, 655_366],
      [{ kind: 'numeric', precision: 38, scale: 0 }, 1700, 2_490_372],
      [arrayOf({ kind: 'varchar', length: 5 }), 1015, 9],
      [arrayOf(types.timestamptz), 1185, -1],
      [types.jsonb, 3802, -1],
      [types.regnamespace, 4089, -1],
    ];
    for (const [type, oid, typmod] of table) {
      expect([oidOf(type), typmodOf(type)]).toEqual([oid, typmod]);
      expect(typeFromOid(oid, typmod)).toEqual(type);
    }
  });

  it('know arrays, sizes and what millrace does not have', () => {
    expect(arrayOidOf(types.int4)).toBe(1007);
    expect(arrayOidOf(arrayOf(types.int4))).toBe(0);
    expect([types.int2, types.text, types.name, types.unknown, types.interval].map(typeSizeOf)).toEqual([
      2, -1, 64, -2, 16,
    ]);
    expect(typeFromOid(22)).toEqual(arrayOf(types.int2));
    expect(typeFromOid(600)).toBeUndefined();
    expect(typeFromOid(0)).toBeUndefined();
  });
});
