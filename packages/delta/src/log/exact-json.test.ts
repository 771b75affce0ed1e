import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatExactJson, JsonNumber, parseExactJson } from './exact-json.ts';

test('integers beyond 2^53 keep every digit', () => {
  for (const text of ['9007199254740993', '-9223372036854775808', '9223372036854775807', '[1,9007199254740993]']) {
    expect(formatExactJson(parseExactJson(text))).toBe(text);
  }
  expect(parseExactJson('{"txn":{"version":9007199254740993}}')).toEqual({ txn: { version: 9_007_199_254_740_993n } });
  expect(parseExactJson('[12345678901234567, 1]')).toEqual([12_345_678_901_234_567n, 1]);
});

test('digits inside strings stay text, also where they look like numbers or like the end of the string', () => {
  const line = String.raw`{"stats":"{\"minValues\":{\"a\":9007199254740993},\"x\":\"\\\\\"}","v":9007199254740993}`;
  const parsed = parseExactJson(line) as { stats: string; v: bigint };
  expect(parsed.v).toBe(9_007_199_254_740_993n);
  expect(parsed.stats).toBe(String.raw`{"minValues":{"a":9007199254740993},"x":"\\"}`);
  expect(parseExactJson(parsed.stats, 'text')).toEqual({
    minValues: { a: new JsonNumber('9007199254740993') },
    x: '\\',
  });
});

test('in text mode a decimal keeps its scale', () => {
  expect(parseExactJson('{"d":12345678901234567890.120,"e":-1.5E10}', 'text')).toEqual({
    d: new JsonNumber('12345678901234567890.120'),
    e: new JsonNumber('-1.5E10'),
  });
});

test('both paths agree with JSON.parse where JSON.parse is exact', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      const spaced = ` [ ${text} , 9007199254740993 ] `;
      const asDoubles = (parsed: unknown): unknown =>
        JSON.parse(JSON.stringify(parsed, (_, v) => (typeof v === 'bigint' ? Number(v) : v)));
      expect(asDoubles(parseExactJson(text))).toEqual(JSON.parse(text));
      expect(asDoubles(parseExactJson(spaced))).toEqual([JSON.parse(text), 9_007_199_254_740_992]);
    }),
    { numRuns: 200 },
  );
});

test('a key __proto__ is a key', () => {
  const parsed = parseExactJson('{"__proto__":9007199254740993}') as object;
  expect(Object.keys(parsed)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
});

test('what is not JSON is XX001', () => {
  const long = '9007199254740993';
  const bad = [
    '',
    '{',
    '[1,]',
    '{"a"}',
    `[${long}`,
    `[${long} 1]`,
    `[${long},"a]`,
    `[${long},01]`,
    `[${long},+1]`,
    `[${long},"\\x"]`,
  ];
  for (const text of [...bad, `[${long},tru]`, `[${long},"a\nb"]`, `${'['.repeat(500)}${long}`]) {
    expect(() => parseExactJson(text), text).toThrow(expect.objectContaining({ sqlstate: 'XX001' }));
  }
});
