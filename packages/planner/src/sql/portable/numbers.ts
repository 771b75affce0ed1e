const INT4_MAX = 2147483647;

/** A number as PostgreSQL's parser hands it on: integers in plain decimal digits, everything else as it was written. */
export function canonicalNumber(digits: string): string {
  const isInteger = /^(0[xXoObB][0-9a-fA-F_]+|[0-9_]+)$/.test(digits);
  const plain = /[_xob]/i.test(digits) ? digits.replaceAll('_', '') : digits;
  if (!isInteger) return plain;
  if (/^0[xob]/i.test(plain)) return BigInt(plain).toString();
  const significant = plain.replace(/^0+(?=.)/, '');
  return significant.length <= 10 && Number(significant) <= INT4_MAX ? significant : plain;
}

/** `-` before a number, which the grammar folds into it. */
export function negated(text: string): string {
  if (text.startsWith('-')) return text.slice(1);
  return text === '0' ? '0' : `-${text}`;
}
