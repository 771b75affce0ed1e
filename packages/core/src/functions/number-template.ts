import { lastOf } from './shorthand.ts';

/** The patterns of a number template (PostgreSQL manual, table 9.29), in their canonical spelling. */
export type NumberToken =
  | '9'
  | '0'
  | 'D'
  | 'G'
  | 'S'
  | 'MI'
  | 'PL'
  | 'SG'
  | 'PR'
  | 'L'
  | 'TH'
  | 'th'
  | 'V'
  | 'EEEE'
  | 'RN'
  | 'FM';
/** A pattern, or text that stands for itself. */
export type NumberPart = { readonly token: NumberToken } | { readonly text: string };

const TOKEN = /EEEE|eeee|MI|mi|PL|pl|SG|sg|PR|pr|TH|th|RN|rn|FM|fm|[90DdGgSsLlVv.,]/y;

/** A number template, read once (PostgreSQL manual, table 9.29). */
export interface NumberTemplate {
  readonly parts: readonly NumberPart[];
  readonly before: number;
  readonly after: number;
  readonly scaleUp: number;
  /** Digits after the point up to the last `0`: shown even as trailing zeros under FM. */
  readonly afterZero: number;
  /** Index of the first `0` among the digits before the point; `before` if there is none. */
  readonly firstZero: number;
  has(token: NumberToken): boolean;
}

function parse(template: string): NumberTemplate {
  const parts: NumberPart[] = [];
  for (let at = 0; at < template.length; ) {
    const quoted = /^"((?:[^"\\]|\\.)*)"?/s.exec(template.slice(at));
    TOKEN.lastIndex = at;
    const match = quoted === null ? TOKEN.exec(template) : null;
    const piece = quoted?.[0] ?? match?.[0] ?? template[at]!;
    if (match !== null) parts.push({ token: canonical(match[0]) });
    else parts.push({ text: quoted === null ? piece : (quoted[1] ?? '').replace(/\\(.)/gs, '$1') });
    at += piece.length;
  }
  return measure(parts);
}

/** Reads a template; the one read last is remembered. */
export const parseNumberTemplate: (template: string) => NumberTemplate = lastOf(parse);

function canonical(written: string): NumberToken {
  if (written === 'th') return 'th';
  if (written === '.') return 'D';
  return (written === ',' ? 'G' : written.toUpperCase()) as NumberToken;
}

function measure(parts: readonly NumberPart[]): NumberTemplate {
  let [before, after, scaleUp, afterZero, firstZero] = [0, 0, 0, 0, -1];
  let place: 'before' | 'after' | 'scaled' = 'before';
  for (const part of parts) {
    if (!('token' in part)) continue;
    if (part.token === 'D') place = 'after';
    else if (part.token === 'V') place = 'scaled';
    else if (part.token === '9' || part.token === '0') {
      if (place === 'after') {
        after++;
        if (part.token === '0') afterZero = after;
        continue;
      }
      if (part.token === '0' && firstZero < 0) firstZero = before;
      before++;
      if (place === 'scaled') scaleUp++;
    }
  }
  const has = (token: NumberToken): boolean => parts.some((part) => 'token' in part && part.token === token);
  return { parts, before, after, scaleUp, afterZero, firstZero: firstZero < 0 ? before : firstZero, has };
}
