import { failure } from '../errors/table.ts';
import { types } from '../types/data-type.ts';
import { formatDecimal, makeNumeric, type Numeric, parseNumeric, pow10, roundNumeric } from '../types/numeric.ts';
import { numericFromFloat } from '../types/numeric-convert.ts';
import type { Value } from '../types/value.ts';
import { defineScalarFunction, type FunctionDefinition } from './definition.ts';
import { type NumberPart, type NumberTemplate, type NumberToken, parseNumberTemplate } from './number-template.ts';
import { ordinalSuffix } from './to-char-datetime.ts';

/** The digits to show and where the first significant one is. */
interface Digits {
  readonly isNegative: boolean;
  readonly integer: string;
  readonly fraction: string;
  /** Position among the digits before the point where showing begins. */
  readonly start: number;
}

function digitsOf(value: Numeric, template: NumberTemplate): Digits {
  const { before, after, scaleUp, firstZero } = template;
  const scaled = roundNumeric(makeNumeric(value.coefficient * pow10(scaleUp), value.scale), after);
  const isNegative = scaled.coefficient < 0n;
  const [whole = '0', fraction = ''] = formatDecimal(
    isNegative ? -scaled.coefficient : scaled.coefficient,
    after,
  ).split('.');
  if (whole.length > before) {
    return { isNegative, integer: '#'.repeat(before), fraction: '#'.repeat(after), start: 0 };
  }
  const integer = whole === '0' && after > 0 ? '' : whole;
  const start = Math.min(before - integer.length, firstZero);
  return { isNegative, integer: integer.padStart(before, '0'), fraction, start };
}

/** Prints a number by a template. */
function print(value: Numeric, text: string): string {
  const template = parseNumberTemplate(text);
  const isCompact = template.has('FM');
  if (template.has('RN')) return roman(value, isCompact);
  if (template.has('EEEE')) return scientific(value, template);
  if (value.special !== null) return special(value, template);
  const digits = digitsOf(value, template);
  const writer = new Writer(digits, template, isCompact);
  for (const part of template.parts) writer.write(part);
  return writer.finish(Number(digits.integer));
}

class Writer {
  readonly #digits: Digits;
  readonly #template: NumberTemplate;
  readonly #isCompact: boolean;
  readonly #isSignExplicit: boolean;
  #out = '';
  #integerAt = 0;
  #fractionAt = -1;
  #isSignWritten = false;
  #trailingSign = '';
  #ordinal: 'th' | 'TH' | null = null;

  constructor(digits: Digits, template: NumberTemplate, isCompact: boolean) {
    this.#digits = digits;
    this.#template = template;
    this.#isCompact = isCompact;
    this.#isSignExplicit = ['S', 'MI', 'SG'].some((token) => template.has(token as NumberToken));
  }

  write(part: NumberPart): void {
    if (!('token' in part)) {
      this.#out += part.text;
      return;
    }
    const { isNegative } = this.#digits;
    switch (part.token) {
      case '9':
      case '0':
        this.#digit();
        return;
      case 'D':
        this.#beginFraction();
        return;
      case 'G':
        if (this.#integerAt > this.#digits.start) this.#out += ',';
        else if (!this.#isCompact) this.#out += ' ';
        return;
      case 'S':
        if (this.#integerAt > 0 || this.#fractionAt >= 0) this.#trailingSign = isNegative ? '-' : '+';
        return;
      case 'MI':
        if (isNegative) this.#out += '-';
        else if (!this.#isCompact) this.#out += ' ';
        return;
      case 'SG':
        this.#out += isNegative ? '-' : '+';
        return;
      case 'PL':
        if (!isNegative) this.#out += '+';
        else if (!this.#isCompact) this.#out += ' ';
        return;
      case 'L':
        if (!this.#isCompact) this.#out += ' ';
        return;
      case 'TH':
      case 'th':
        this.#ordinal = part.token;
        return;
      default:
    }
  }

  #sign(): void {
    if (this.#isSignWritten) return;
    this.#isSignWritten = true;
    const { isNegative } = this.#digits;
    if (this.#template.has('PR')) this.#out += isNegative ? '<' : this.#isCompact ? '' : ' ';
    else if (!this.#isSignExplicit) this.#out += isNegative ? '-' : this.#isCompact ? '' : ' ';
    else if (this.#isLeadingS()) this.#out += isNegative ? '-' : '+';
  }

  /** S before the digits. */
  #isLeadingS(): boolean {
    for (const part of this.#template.parts) {
      if (!('token' in part)) continue;
      if (part.token === 'S') return true;
      if (part.token === '9' || part.token === '0' || part.token === 'D') return false;
    }
    return false;
  }

  #digit(): void {
    const { integer, fraction, start } = this.#digits;
    if (this.#fractionAt >= 0) {
      const at = this.#fractionAt++;
      const isDropped = this.#isCompact && at >= this.#template.afterZero && /^0*$/.test(fraction.slice(at));
      if (!isDropped) this.#out += fraction[at] ?? '';
      return;
    }
    const at = this.#integerAt++;
    if (at >= start) {
      this.#sign();
      this.#out += integer[at] ?? '';
    } else if (!this.#isCompact) this.#out += ' ';
  }

  #beginFraction(): void {
    this.#sign();
    this.#fractionAt = 0;
    this.#out += '.';
  }

  finish(value: number): string {
    this.#sign();
    const { isNegative } = this.#digits;
    if (this.#ordinal !== null && !isNegative && this.#fractionAt < 0) this.#out += ordinalSuffix(value, this.#ordinal);
    if (this.#template.has('PR')) this.#out += isNegative ? '>' : this.#isCompact ? '' : ' ';
    return this.#out + this.#trailingSign;
  }
}

function special(value: Numeric, template: NumberTemplate): string {
  const name = value.special === 'NaN' ? 'NaN' : 'Infinity';
  const sign = value.special === '-Infinity' ? '-' : ' ';
  const width = template.before + (template.after > 0 ? template.after + 1 : 0);
  return name.length > template.before
    ? sign + '#'.repeat(template.before) + (template.after > 0 ? `.${'#'.repeat(template.after)}` : '')
    : (sign + name).padEnd(width);
}

function scientific(value: Numeric, template: NumberTemplate): string {
  const isCompact = template.has('FM');
  if (value.special !== null) return ` #.${'#'.repeat(template.after + 5)}`;
  const digits = (value.coefficient < 0n ? -value.coefficient : value.coefficient).toString();
  let exponent = value.coefficient === 0n ? 0 : digits.length - 1 - value.scale;
  let mantissa = roundNumeric(
    makeNumeric(BigInt(digits), value.coefficient === 0n ? 0 : digits.length - 1),
    template.after,
  );
  if (mantissa.coefficient >= 10n * pow10(template.after)) {
    exponent++;
    mantissa = makeNumeric(pow10(template.after), template.after);
  }
  const power = `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  return (
    (value.coefficient < 0n ? '-' : isCompact ? '' : ' ') + formatDecimal(mantissa.coefficient, template.after) + power
  );
}

const NUMERALS: readonly (readonly [number, string])[] = [
  [1000, 'M'],
  [900, 'CM'],
  [500, 'D'],
  [400, 'CD'],
  [100, 'C'],
  [90, 'XC'],
  [50, 'L'],
  [40, 'XL'],
  [10, 'X'],
  [9, 'IX'],
  [5, 'V'],
  [4, 'IV'],
  [1, 'I'],
];

function roman(value: Numeric, isCompact: boolean): string {
  let rest = value.special === null ? Number(roundNumeric(value, 0).coefficient) : 0;
  if (rest < 1 || rest > 3999) return '#'.repeat(15);
  let result = '';
  for (const [size, numeral] of NUMERALS) {
    for (; rest >= size; rest -= size) result += numeral;
  }
  return isCompact ? result : result.padStart(15);
}

function toNumeric(kind: string, value: Value): Numeric {
  if (kind === 'float8') return numericFromFloat(value as number, 15);
  return kind === 'float4' ? numericFromFloat(value as number, 6) : parseNumeric(String(value));
}

/** to_number: the digits of a text, with its sign; group separators and other characters are skipped. 22P02 without digits. */
function toNumber(text: string): string {
  const isNegative = /-|<\s*[\d.]/.test(text);
  const digits = text.replace(/[^0-9.]/g, '');
  if (!/\d/.test(digits)) throw failure('invalidText', { type: 'numeric', value: ' ' });
  const [whole = '0', ...fraction] = digits.split('.');
  return `${isNegative ? '-' : ''}${whole.replace(/^0+(?=\d)/, '') || '0'}${fraction.length > 0 && fraction.join('') !== '' ? `.${fraction.join('')}` : ''}`;
}

/** to_char of numbers and to_number (the template's separators are those of the C locale). */
export const toCharNumber: readonly FunctionDefinition[] = [
  ...(['int4', 'int8', 'numeric', 'float4', 'float8'] as const).map((kind) =>
    defineScalarFunction({
      name: 'to_char',
      args: [kind, 'text'],
      returns: types.text,
      volatility: 'stable',
      row: ([value, template]) => print(toNumeric(kind, value!), template as string),
    }),
  ),
  defineScalarFunction({
    name: 'to_number',
    args: ['text', 'text'],
    returns: types.numeric,
    volatility: 'stable',
    row: ([text]) => toNumber(text as string),
  }),
];
