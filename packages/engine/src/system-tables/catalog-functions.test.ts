import { expect, it } from 'vitest';
import { prettySize } from './catalog-functions.ts';

it('sizes read as PostgreSQL 15 prints them', () => {
  const answers: readonly (readonly [bytes: bigint, text: string])[] = [
    [0n, '0 bytes'],
    [10_239n, '10239 bytes'],
    [10_240n, '10 kB'],
    [-10_240n, '-10 kB'],
    [1_048_575n, '1024 kB'],
    [10_485_247n, '10239 kB'],
    [10_485_248n, '10 MB'],
    [20_971_519n, '20 MB'],
    [10_736_344_498_176n, '9999 GB'],
    [1_152_921_504_606_846_976n, '1024 PB'],
    [9_223_372_036_854_775_807n, '8192 PB'],
    [-9_223_372_036_854_775_808n, '-8192 PB'],
  ];
  expect(answers.map(([bytes]) => prettySize(bytes))).toEqual(answers.map(([, text]) => text));
});
