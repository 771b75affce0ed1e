import { describe, expect, test } from 'vitest';
import { arithmeticCases } from './cases/arithmetic.cases.ts';
import { arrayCases } from './cases/array.cases.ts';
import { datetimeCases } from './cases/datetime.cases.ts';
import { formattingCases } from './cases/formatting.cases.ts';
import { type FunctionCase, runCase } from './cases/function-case.ts';
import { jsonCases } from './cases/json.cases.ts';
import { mathCases } from './cases/math.cases.ts';
import { patternCases } from './cases/pattern.cases.ts';
import { textCases } from './cases/text.cases.ts';

const topics: Readonly<Record<string, readonly FunctionCase[]>> = {
  arithmetic: arithmeticCases,
  array: arrayCases,
  datetime: datetimeCases,
  formatting: formattingCases,
  json: jsonCases,
  math: mathCases,
  pattern: patternCases,
  text: textCases,
};

describe.each(Object.entries(topics))('%s', (_topic, cases) => {
  test.each(cases)('%s %j', (...example) => {
    expect(runCase(example as unknown as FunctionCase)).toEqual(example[2]);
  });
});
