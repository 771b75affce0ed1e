import { assert } from '@millrace/core';

/** JSON that keeps bigints and bytes: `{"$bigint":"1"}`, `{"$bytes":"00ff"}`. For the catalog's files and log records. */
export function toTaggedJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (typeof item === 'bigint') return { $bigint: item.toString() };
    if (item instanceof Uint8Array) return { $bytes: Buffer.from(item).toString('hex') };
    if (typeof item === 'number' && !Number.isFinite(item)) return { $number: String(item) };
    return item;
  });
}

/** The inverse of `toTaggedJson`. Throws SyntaxError on damaged text. */
export function fromTaggedJson(text: string): unknown {
  return JSON.parse(text, (_, item: unknown) => {
    if (typeof item !== 'object' || item === null) return item;
    const entries = Object.entries(item);
    const [entry] = entries;
    if (entries.length !== 1 || entry === undefined) return item;
    const [tag, content] = entry;
    if (tag === '$bigint') return BigInt(String(content));
    if (tag === '$number') return Number(content);
    if (tag === '$bytes') {
      assert(typeof content === 'string', 'tagged bytes are a hexadecimal string');
      return new Uint8Array(Buffer.from(content, 'hex'));
    }
    return item;
  });
}
