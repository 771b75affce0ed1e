/** A piece of a to_char / to_timestamp template for dates and times. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'field';
      /** Upper case: `YYYY`, `HH24`, `MONTH`. */
      readonly field: string;
      /** As written: decides the case of names. */
      readonly written: string;
      /** FM: no padding. */
      readonly isCompact: boolean;
      /** `th` or `TH` after the field: ordinal suffix in that case. */
      readonly ordinal: 'th' | 'TH' | null;
    };

/** Longer ones first where one begins with another (PostgreSQL manual, table 9.27). */
const FIELDS = [
  'SSSSS',
  'SSSS',
  'SS',
  'HH24',
  'HH12',
  'HH',
  'MI',
  'MS',
  'US',
  'FF1',
  'FF2',
  'FF3',
  'FF4',
  'FF5',
  'FF6',
  'A.M.',
  'P.M.',
  'AM',
  'PM',
  'A.D.',
  'B.C.',
  'AD',
  'BC',
  'Y,YYY',
  'YYYY',
  'YYY',
  'YY',
  'Y',
  'IYYY',
  'IYY',
  'IY',
  'IW',
  'IDDD',
  'ID',
  'I',
  'MONTH',
  'MON',
  'MM',
  'DAY',
  'DY',
  'DDD',
  'DD',
  'D',
  'WW',
  'W',
  'CC',
  'J',
  'Q',
  'RM',
  'TZH',
  'TZM',
  'TZ',
  'OF',
];
const CAPITALIZED = new Set(['MONTH', 'MON', 'DAY', 'DY']);

/** Splits a template into fields and literal text; text in double quotes is literal, backslash escapes a quote. */
export function parseTemplate(template: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  const text = (piece: string): void => {
    const last = parts.at(-1);
    if (last?.kind === 'text') parts[parts.length - 1] = { kind: 'text', text: last.text + piece };
    else parts.push({ kind: 'text', text: piece });
  };
  while (at < template.length) {
    const quoted = /^"((?:[^"\\]|\\.)*)"?/s.exec(template.slice(at));
    if (quoted !== null) {
      text((quoted[1] ?? '').replace(/\\(.)/gs, '$1'));
      at += quoted[0].length;
      continue;
    }
    const prefix = /^(?:(?:FM|fm|FX|fx|TM|tm))*/.exec(template.slice(at))?.[0] ?? '';
    const written = fieldAt(template, at + prefix.length);
    if (written === null) {
      if (prefix !== '') at += prefix.length;
      else {
        text(template.startsWith('\\"', at) ? '"' : template[at]!);
        at += template.startsWith('\\"', at) ? 2 : 1;
      }
      continue;
    }
    at += prefix.length + written.length;
    const suffix = /^(?:TH|th)/.exec(template.slice(at))?.[0] as 'th' | 'TH' | undefined;
    at += suffix?.length ?? 0;
    const isCompact = /fm/i.test(prefix);
    parts.push({ kind: 'field', field: written.toUpperCase(), written, isCompact, ordinal: suffix ?? null });
  }
  return parts;
}

/** The field that starts here, as written: all upper or all lower case, names also capitalized. */
function fieldAt(template: string, at: number): string | null {
  for (const field of FIELDS) {
    const written = template.slice(at, at + field.length);
    if (written === field || written === field.toLowerCase()) return written;
    if (CAPITALIZED.has(field) && written === capitalized(field)) return written;
  }
  return null;
}

/** `Monday` of `MONDAY`. */
function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).toLowerCase();
}

/** English names, as to_char writes them; the year starts with index 0. */
export const MONTHS: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
/** The week starts with Sunday, index 0. */
export const DAYS: readonly string[] = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
/** The months of `RM`. */
export const ROMAN_MONTHS: readonly string[] = [
  'I',
  'II',
  'III',
  'IV',
  'V',
  'VI',
  'VII',
  'VIII',
  'IX',
  'X',
  'XI',
  'XII',
];
