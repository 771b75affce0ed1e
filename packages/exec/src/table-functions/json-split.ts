/** The direct parts of a JSON text; every part keeps its own text, as `json` does. The text is valid JSON already. */
export type JsonParts =
  | { readonly kind: 'array'; readonly items: readonly string[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [key: string, value: string])[] }
  | { readonly kind: 'scalar' };

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{},:]/g;

/** Splits an array or object into its items or members, without parsing what is inside them. */
export function splitJson(text: string): JsonParts {
  const trimmed = text.trim();
  const isArray = trimmed.startsWith('[');
  if (!isArray && !trimmed.startsWith('{')) return { kind: 'scalar' };
  const pieces = topLevelPieces(trimmed);
  if (isArray) return { kind: 'array', items: pieces.map((piece) => piece.text) };
  return { kind: 'object', members: pieces.map((piece) => memberOf(piece)) };
}

interface Piece {
  readonly text: string;
  /** Where the colon of a member is in `text`; -1 in arrays. */
  readonly colon: number;
}

function topLevelPieces(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let depth = 0;
  let start = 1;
  let colon = -1;
  for (const match of text.matchAll(TOKEN)) {
    const token = match[0];
    if (token === '[' || token === '{') depth++;
    else if (token === ':' && depth === 1 && colon < 0) colon = match.index - start;
    else if (token === ',' && depth === 1) {
      pieces.push({ text: text.slice(start, match.index), colon });
      start = match.index + 1;
      colon = -1;
    } else if (token === ']' || token === '}') {
      depth--;
      if (depth === 0) pieces.push({ text: text.slice(start, match.index), colon });
    }
  }
  const [only] = pieces;
  if (pieces.length === 1 && only?.text.trim() === '') return [];
  return pieces.map((piece) => (piece.colon < 0 ? { text: piece.text.trim(), colon: -1 } : piece));
}

function memberOf(piece: Piece): readonly [string, string] {
  const key = JSON.parse(piece.text.slice(0, piece.colon)) as string;
  return [key, piece.text.slice(piece.colon + 1).trim()];
}

/** A JSON value as text: a string without its quotes, `null` as NULL, all else as it is written. */
export function jsonAsText(text: string): string | null {
  if (text === 'null') return null;
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}
