/**
 * What a server sent, one line a message: `T n:23 t:25`, `D 1|a|NULL`, `C SELECT 2`, `Z I`, `E ERROR 42601 message [P=3]`, `S name=value`, `K`, `1`.
 * Binary cells are shown as `x` and hexadecimal digits (`binary` tells which columns).
 */
export function transcript(bytes: Uint8Array, options: { readonly binary?: boolean } = {}): string[] {
  const lines: string[] = [];
  const buffer = Buffer.from(bytes);
  let at = 0;
  while (at < buffer.length) {
    const type = String.fromCharCode(buffer[at]!);
    // A refused SSLRequest is a bare N; a notice is at least ten bytes long and its length starts with zeros.
    if (type === 'N' && (at + 1 === buffer.length || buffer[at + 1] !== 0)) {
      lines.push('N');
      at++;
      continue;
    }
    const length = buffer.readInt32BE(at + 1);
    lines.push(describe(type, buffer.subarray(at + 5, at + 1 + length), options.binary === true));
    at += 1 + length;
  }
  return lines;
}

function describe(type: string, body: Buffer, binary: boolean): string {
  switch (type) {
    case 'E':
    case 'N':
      return `${type} ${fields(body)}`;
    case 'Z':
      return `Z ${body.toString('latin1')}`;
    case 'C':
      return `C ${strings(body)[0]}`;
    case 'S':
      return body.length === 0 ? 'S' : `S ${strings(body).slice(0, 2).join('=')}`;
    case 'R':
      return `R ${body.readInt32BE(0)}`;
    case 'K':
      return `K ${body.length - 4}`;
    case 'v':
      return `v ${body.readInt32BE(0).toString(16)} ${strings(body.subarray(8)).slice(0, body.readInt32BE(4)).join(',')}`;
    case 'T':
      return `T ${columns(body)}`;
    case 't':
      return `t ${Array.from({ length: body.readUInt16BE(0) }, (_, i) => body.readInt32BE(2 + 4 * i)).join(' ')}`.trimEnd();
    case 'D':
      return `D ${cells(body, binary)}`;
    default:
      return type;
  }
}

function strings(body: Buffer): string[] {
  return body.toString('utf8').split('\0');
}

function fields(body: Buffer): string {
  const all = new Map(
    strings(body)
      .filter((field) => field !== '')
      .map((field) => [field[0]!, field.slice(1)]),
  );
  const extras = [...all].filter(([code]) => !'SVCM'.includes(code)).map(([code, text]) => `${code}=${text}`);
  return [all.get('S'), all.get('C'), all.get('M'), ...(extras.length > 0 ? [`[${extras.join(' ')}]`] : [])].join(' ');
}

function columns(body: Buffer): string {
  const shown: string[] = [];
  let at = 2;
  for (let i = 0; i < body.readUInt16BE(0); i++) {
    const end = body.indexOf(0, at);
    const name = body.toString('utf8', at, end);
    const [table, attribute] = [body.readInt32BE(end + 1), body.readInt16BE(end + 5)];
    const [oid, size, typmod] = [body.readInt32BE(end + 7), body.readInt16BE(end + 11), body.readInt32BE(end + 13)];
    const format = body.readInt16BE(end + 17);
    const source = table === 0 ? '' : `@${table}.${attribute}`;
    shown.push(`${name}:${oid}/${size}/${typmod}${format === 0 ? '' : `/f${format}`}${source}`);
    at = end + 19;
  }
  return shown.join(' ');
}

function cells(body: Buffer, binary: boolean): string {
  const shown: string[] = [];
  let at = 2;
  for (let i = 0; i < body.readUInt16BE(0); i++) {
    const length = body.readInt32BE(at);
    at += 4;
    if (length < 0) {
      shown.push('NULL');
      continue;
    }
    const cell = body.subarray(at, at + length);
    shown.push(binary ? `x${cell.toString('hex')}` : cell.toString('utf8'));
    at += length;
  }
  return shown.join('|');
}
