const SIMPLE: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{1,2})|([0-7]{1,3})|([\s\S]))|''/g;

/**
 * The text of an `E'...'` string's inside; null for what is refused: broken `\u`, surrogates, and bytes beyond ASCII, which could make half a
 * character.
 */
export function unescapeEscapeString(inside: string): string | null {
  let isBad = false;
  const text = inside.replace(ESCAPE, (whole, u4?: string, u8?: string, hex?: string, octal?: string, one?: string) => {
    if (whole === "''") return "'";
    if (u4 !== undefined || u8 !== undefined) {
      const character = characterOf(Number.parseInt(u4 ?? u8 ?? '', 16));
      if (character === null) isBad = true;
      return character ?? '';
    }
    if (hex !== undefined || octal !== undefined) {
      const byte = hex === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hex, 16);
      if (byte === 0 || byte > 0x7f) isBad = true;
      return String.fromCharCode(byte);
    }
    if (one === 'u' || one === 'U') isBad = true;
    return SIMPLE[one ?? ''] ?? one ?? '';
  });
  return isBad ? null : text;
}

/** The text of a `U&'...'` string's inside with `\` as its escape; null for a broken escape or a surrogate. */
export function unescapeUnicodeString(inside: string): string | null {
  let isBad = false;
  const text = inside
    .replaceAll("''", "'")
    .replace(/\\(?:([0-9a-fA-F]{4})|\+([0-9a-fA-F]{6})|(\\)|)/g, (_, h4?: string, h6?: string, backslash?: string) => {
      if (backslash !== undefined) return '\\';
      const character = characterOf(Number.parseInt(h4 ?? h6 ?? '', 16));
      if (character === null) isBad = true;
      return character ?? '';
    });
  return isBad ? null : text;
}

function characterOf(code: number): string | null {
  const isScalar = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isScalar ? String.fromCodePoint(code) : null;
}
