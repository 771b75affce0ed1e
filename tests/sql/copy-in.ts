import { fieldsOf, query, type RawClient } from '../acceptance/support/raw-client.ts';
import { copyOut } from './copy-out.ts';

/** A COPY ... FROM STDIN and the bytes that follow it. */
export interface CopyInCase {
  readonly sql: string;
  /** Text, or the bytes themselves in hex where they are not UTF-8. */
  readonly data: string | { readonly hex: string };
  /** Ends with CopyFail instead of CopyDone. */
  readonly fail?: string;
}

/** What a server answers to a COPY ... FROM STDIN, and the rows that are there afterwards. */
export interface CopyInAnswer {
  /** Of CopyInResponse; absent if there is none. */
  readonly head?: string;
  readonly tag?: string;
  /** SQLSTATE, message, detail, hint, and where in the data. */
  readonly error?: Readonly<Record<string, string>>;
  readonly rows: string;
}

export const dataOf = ({ data }: CopyInCase): Buffer =>
  typeof data === 'string' ? Buffer.from(data) : Buffer.from(data.hex, 'hex');

const framed = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
export const copyData = (body: Buffer | string): Buffer => framed('d', Buffer.from(body));
export const copyDone = (): Buffer => framed('c', Buffer.alloc(0));
export const copyFail = (reason: string): Buffer => framed('f', Buffer.from(`${reason}\0`));

/** Runs one case with its bytes cut into CopyData messages as `cut` says, reads the table, and leaves it empty. */
export async function copyIn(
  client: RawClient,
  one: CopyInCase,
  cut: (data: Buffer) => readonly Buffer[] = (data) => [data],
): Promise<CopyInAnswer> {
  client.send(query('begin'));
  await client.untilReady();
  const end = one.fail === undefined ? copyDone() : copyFail(one.fail);
  client.send(query(one.sql), ...cut(dataOf(one)).map(copyData), end);
  const messages = await client.untilReady();
  const [head] = messages.filter(({ type }) => type === 'G');
  const [error] = messages.filter(({ type }) => type === 'E');
  const [tag] = messages.filter(({ type }) => type === 'C');
  const table = /copy (\w+)/.exec(one.sql)?.[1] ?? '';
  let rows = '';
  if (error === undefined) {
    const out = await copyOut(client, `copy ${table} to stdout`);
    rows = 'data' in out ? out.data : out.message;
  }
  client.send(query('rollback'));
  await client.untilReady();
  return {
    ...(head === undefined ? {} : { head: head.body.toString('hex') }),
    ...(tag === undefined ? {} : { tag: tag.body.toString('latin1').replace('\0', '') }),
    ...(error === undefined ? {} : { error: shown(fieldsOf(error)) }),
    rows,
  };
}

/** The fields of an error that say what and where. */
function shown(fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(['C', 'M', 'D', 'H', 'P', 'W'].flatMap((key) => (fields[key] ? [[key, fields[key]]] : [])));
}

/** The tables that the cases write. */
export const COPY_IN_SETUP: readonly string[] = [
  'create table ci (a int, b text, c text)',
  "create table cd (a int not null, b varchar(3) default 'dfl', c timestamp, d int default 7, e numeric(4,1))",
  'create table cg (a int, twice int generated always as (a * 2) stored, b text)',
];

const plain = (sql: string, ...all: readonly string[]): CopyInCase[] => all.map((data) => ({ sql, data }));
const hex = (sql: string, ...all: readonly string[]): CopyInCase[] => all.map((data) => ({ sql, data: { hex: data } }));

const TEXT = 'copy ci from stdin';
const CSV = 'copy ci from stdin csv';
const BINARY = 'copy ci (a, b) from stdin (format binary)';
/** Signature, flags, length of the extension. */
const HEAD = '5047434f50590aff0d0a00' + '00000000' + '00000000';
const ROW = '0002' + '00000004' + '00000007' + '00000001' + '78';

const OPTIONS: readonly string[] = [
  'format xml',
  'format csv, format csv',
  'foo 1',
  "delimiter 'ab'",
  "delimiter 'é'",
  "delimiter E'\\n'",
  "delimiter 'a'",
  "format csv, delimiter '\"'",
  "quote 'x'",
  "escape 'x'",
  "format csv, quote 'xx'",
  "format csv, escape 'xx'",
  "null E'a\\nb'",
  "null E'a\\tb'",
  "format csv, null 'a\"b'",
  "format csv, null 'a,b'",
  'force_quote *',
  'force_quote (a)',
  'format csv, force_quote *',
  'format csv, force_quote (b)',
  'format csv, force_not_null (zz)',
  'format csv, force_not_null (a, b)',
  'format csv, force_not_null *',
  'format csv, force_null (zz)',
  'format csv, force_null (b)',
  'format csv, force_null *',
  'force_null (a)',
  'force_not_null (a)',
  "force_null 'a'",
  'header match',
  'header 3',
  'header foo',
  'header',
  'format binary, header',
  'format binary, header match',
  "format binary, delimiter ','",
  "format binary, null 'x'",
  'format binary, force_null (a)',
  'format',
  'delimiter',
  'null',
  "header 'true', header false",
  "format csv, delimiter ''",
  "delimiter '\\'",
  "delimiter '.'",
  "format csv, escape ''",
  "encoding 'utf-8'",
  "encoding 'nope'",
  'encoding',
  'freeze',
  'freeze false',
  'freeze 3',
  'freeze foo',
];

/** Every option, every way in which data can be wrong, and what is read in a way of its own. */
export const COPY_IN_CASES: readonly CopyInCase[] = [
  ...plain(
    TEXT,
    '',
    '1\tx\ty\n',
    '1\tx\ty',
    '1\tx\ty\n2\t\\N\t\n\\N\t\\\\N\ta\\tb\\nc\\rd\\be\\ff\\vg\\\\h\n',
    '1\tx\ty\r\n2\tz\tw\r\n',
    '1\tx\ty\r2\tz\tw\r',
    '1\tx\ty\r\n2\tz\tw\n',
    '1\tx\ty\n2\tz\tw\r\n',
    '1\tx\ty\n2\tz\rw\tv\n',
    '1\tx\ty\r2\tz\tw\n',
    '1\tx\ty\r2\tz\tw\r\n',
    '1\tx\ty\r\n2\tz\rw\tv\r\n',
    '1\tx\ty\r',
    '1\tx\ty\n\\.\nrubbish',
    '1\tx\ty\n\\.\n',
    '1\tx\ty\n\\.',
    '1\tx\ty\n\\.x\n',
    '1\tx\ty\r\n\\.\n',
    '1\tx\ty\r\n\\.\r\nrubbish',
    '1\tx\ty\r\n\\.\rx',
    '1\tx\ty\r\n\\.x',
    '1\tx\ty\n\\.\r\n',
    '1\tx\ty\r\\.\rrubbish',
    '1\tx\ty\r\\.\n',
    '\\.\n1\tx\ty\n',
    '1\tx\ty\\.\n2\tx\ty\n',
    '1\tx\ty\n2\tz\\.\n',
    '1\tx\ty\\',
    '1\tx\t\\',
    '1\tx\\\ny\tz\n',
    '1\tx\\\r\ny\tz\n',
    '1\t\\101\\60\\7z\\400\t\\x41\\x4g\\xg\\x\n',
    '1\t\\q\\"\\8\t\\\t\n',
    '1\t\\303\\244\t\\xc3\\xa4\n',
    '1\t\\303\ty\n',
    'x\t\\303\ty\n',
    '1\t\\0\ty\n',
    '1\tä😀\té\n',
    '1\tx\n',
    '1\n',
    '\n',
    '1\tx\ty\n\n2\tx\ty\n',
    '1\tx\ty\tz\n',
    'q\tx\ty\tz\n',
    'q\tx\n',
    'q\tx\ty\n',
    '1\tx\ty\n\\ \tx\ty\n',
    '\tx\ty\n',
    ' 12 \t x \t y \n',
    '99999999999\tx\ty\n',
    `1\tx\ty\n2\t${'z'.repeat(120)}\n`,
    `1\tx\ty\n2\t${'ä'.repeat(70)}\n`,
    `${'1'.repeat(99)}ä\tx\ty\n`,
    `${'1'.repeat(130)}\tx\ty\n`,
    '\\N\t\\N\t\\N\n',
    '1\t\\NN\t\\N \n',
  ),
  ...hex(
    TEXT,
    '310978097ac30a',
    '310978097ac328097a0a',
    '310978097ae20a',
    '310978097ae20a61',
    '310978097ae282',
    '31097809790a320978097900320a',
    '31097809790a78097809ff0a',
    '31097809790a780978097a0a310978ff0979',
    '3109c080097a0a',
    '3109eda080097a0a',
    '3109f4908080097a0a',
    '310978ff0979097a0a',
    'ff',
  ),
  ...plain('copy ci (c, a) from stdin', 'x\t1\n', '\\N\t\\N\n', 'x\t1\ty\n', 'x\n'),
  ...plain(
    'copy cd from stdin',
    '1\tabc\t2024-01-02 03:04:05.5\t3\t1.25\n',
    '\\N\tx\t\\N\t\\N\t\\N\n',
    '1\tabcd\t\\N\t1\t1\n',
  ),
  ...plain(
    'copy cd from stdin',
    '1\tabc  \t\\N\t1\t1\n',
    '1\ta\tnever\t1\t1\n',
    '1\ta\t\\N\t1\t12345\n',
    '1\ta\tepoch\t1\t1e2\n',
  ),
  ...plain(
    'copy cd from stdin',
    '1\ta\t\\N\t1\t1\n\\N\tb\t\\N\t2\t2\nx\tc\n',
    '1\ta\t\\N\t1\t1\nx\tb\t\\N\t2\t2\n\\N\tc\n',
  ),
  ...plain('copy cd (a, b) from stdin', '1\tx\n2\t\\N\n', '\\N\tx\n'),
  ...plain('copy cd (c, a) from stdin', '\\N\t1\n'),
  ...plain('copy cd (c) from stdin', '2024-01-01\n', ''),
  ...plain('copy cg from stdin', '1\tx\n2\ty\n', '1\t2\tx\n', '2000000000\tx\n'),
  ...plain("copy ci from stdin (delimiter '|', null 'NULL')", '1|NULL|x\n2|NULLx|a\\|b\n3|N\\ULL|\n'),
  ...plain("copy ci from stdin delimiter '|' null as 'NULL'", '1|NULL|x\n'),
  ...plain("copy ci from stdin (null 'x\\')", '1\tx\\\ty\n', '1\tx\\\\\ty\n'),
  ...plain("copy ci from stdin (null '')", '\t\t\n', '1\tx\t\n'),
  ...plain(
    'copy ci from stdin (header)',
    'any\nq\n',
    'any\n1\tx\ty\n',
    'any',
    '',
    'any\nq\tx\ty\n',
    'a\r\n1\tx\ty\n',
    '\\.\n1\tx\ty\n',
  ),
  ...plain(
    'copy ci from stdin (header match)',
    'a\tb\tc\n1\tx\ty\n',
    'a\tb\n1\tx\ty\n',
    'a\tB\tc\n',
    'a\t\\N\tc\n',
    '',
    'a\tb\tc',
  ),
  ...plain(
    'copy ci (b, a) from stdin (format csv, header match)',
    'b,a\nx,1\n',
    'b,\nx,1\n',
    '"b","a"\nx,1\n',
    'b,a,c\n',
    'b,"a\n"\n',
  ),
  ...plain('copy ci from stdin csv header', 'a\n1,x,y\n', '"a\nb"\n1,x,y\n', '"a\nb"\nq,x,y\n'),
  ...plain(
    CSV,
    '',
    '1,x,y\n',
    '1,x,y',
    '1,,""\n',
    '1,"a,b","c""d"\n',
    '1,"a\nb","c\r\nd"\n2,x,y\n',
    '1,"a\nb",y\n2,"c\nd",y\nq,x,y\n',
    '1,"a\nb",y\nq,"c\nd",y\n',
    '1,x,y\r\n2,"a\nb\r\nc",y\r\nq,,\r\n',
    '1,x,y\r2,"a\rb",y\rq,,\r',
    '1,x,y\r\n2,z,w\n',
    '1,x,y\n2,z,w\r\n',
    '1,x,y\r2,z,w\n',
    '1,x"y"z,"a"b"c"\n',
    '1,x"y\nz"w,y\n',
    '1,"x,y\n2,z,w\n',
    '1,"x',
    '1,x,"y"',
    '1,x,y"',
    '\\.\n1,x,y\n',
    '1,x,y\n\\.\nrubbish',
    '1,x,y\n\\.',
    '1,x,y\n\\.x,y,z\n',
    '1,x,y\n\\.,y,z\n',
    '1,\\.,y\n',
    '1,x\\,y\n',
    '1,\\N,\\x41\n',
    '1,x,y\r\n\\.\n2,x,y\r\n',
    '1,x,y\r\n\\.\r\nrubbish',
    '1,x,y\r\n\\.\rx',
    '1,x,y\r\\.\n',
    '1,x,y\n\\.\r\n',
    '1,"\\.",y\n',
    '1,"a\n\\.\nb",y\n',
    '1,x\n',
    '\n',
    '1,x,y,z\n',
    'q,x\n',
    '"",x,y\n',
    '"1",x,y\n',
    ' 1 , x , y \n',
    `1,${'z'.repeat(101)}\n`,
  ),
  ...hex(CSV, '312c782c790d800a', '312c782c790a312c782c790d800a', '31090d00', '5c2e0dff'),
  ...hex(TEXT, '31097809790dff2e0a', '31097809790a5c2eff0a', '31097809790d0a5c2e0dff', '31097809790d0a5c2ec3'),
  ...hex(CSV, '312c782cff0a', '312c2278ff222c790a', '312c22c30a222c790a', '312c782c790a332c2261000a'),
  ...plain(
    "copy ci from stdin (format csv, quote '''', escape '\\')",
    "1,'a\\'b','c\\\\d'\n",
    "1,'a\\nb','c''d'\n",
    "1,'a\\\\',y\n",
    "1,x,'\\'\n",
  ),
  ...plain("copy ci from stdin (format csv, escape 'x')", '1,"ax"b",xx\n', '1,"axxb","x"\n', '1,"ax', '1,"axyb",y\n'),
  ...plain("copy ci from stdin (format csv, quote '\\', escape '\"')", '\\1\\,x,y\n', '\\.\n', '1,\\a"\\b\\,y\n'),
  ...plain("copy ci from stdin (format csv, delimiter ';', null 'x')", '1;x;"x"\n'),
  ...plain(
    "copy ci from stdin (format csv, null 'NA', force_null (b), force_not_null (c))",
    '1,"NA",NA\n2,NA,"NA"\n',
    '3,,\n',
  ),
  ...plain('copy ci from stdin csv force not null b, c', '1,,\n'),
  ...plain('copy ci from stdin csv force null b', '1,"",""\n'),
  ...plain('copy ci (a, b) from stdin (format csv, force_null (c))', '1,x\n'),
  ...plain('copy ci from stdin (format csv, force_not_null (a))', ',x,y\n'),
  ...hex(
    BINARY,
    `${HEAD}ffff`,
    `${HEAD}${ROW}ffff`,
    `${HEAD}${ROW}${ROW}ffff`,
    `${HEAD}0002ffffffffffffffffffff`,
    `${HEAD}${ROW}`,
    `${HEAD}`,
    '',
    '5047434f50590aff0d0a0000',
    '5047434f50590aff0d0a01',
    '5047434f5059',
    '5047434f50590aff0d0a00000000',
    '5047434f50590aff0d0a000000000000000003616263ffff',
    '5047434f50590aff0d0a00000000000000000a616263',
    '5047434f50590aff0d0a0000000000ffffffff',
    '5047434f50590aff0d0a0000010000' + '00000000',
    '5047434f50590aff0d0a0000020000' + '00000000',
    '5047434f50590aff0d0a0000000001' + '00000000ffff',
    '5047434f50590aff0d0a000000000000',
    `${HEAD}ffff00`,
    `${HEAD}${ROW}ffff${ROW}`,
    `${HEAD}0001`,
    `${HEAD}0003`,
    `${HEAD}0000`,
    `${HEAD}fffe`,
    `${HEAD}00`,
    `${HEAD}${ROW}00`,
    `${HEAD}0002`,
    `${HEAD}000200000004`,
    `${HEAD}0002000000040000`,
    `${HEAD}0002fffffffe`,
    `${HEAD}0002000000030000000000000178ffff`,
    `${HEAD}000200000005000000000000000178ffff`,
    `${HEAD}0002000000000000000178ffff`,
    `${HEAD}${ROW}00020000000400000007000000017fffff`,
    `${HEAD}${ROW}0002000000040000000700000001ffffff`,
    `${HEAD}${ROW}000200000004000000070000000100ffff`,
    `${HEAD}${ROW}00020000000400000007000000010a`,
  ),
  ...hex(
    'copy cd (a, b, e) from stdin binary',
    `${HEAD}0003000000040000000100000004616263640000000c0002000000000001000a1388ffff`,
  ),
  ...hex(
    'copy cd (a, c) from stdin binary',
    `${HEAD}0002ffffffffffffffffffff`,
    `${HEAD}00020000000400000001000000087fffffffffffffffffff`,
  ),
  ...OPTIONS.map((options) => ({ sql: `copy ci from stdin (${options})`, data: '' })),
  ...plain('copy ci (zz) from stdin', ''),
  ...plain('copy ci (a, a) from stdin', ''),
  ...plain('copy cg (a, twice) from stdin', ''),
  ...plain('copy nope from stdin', ''),
  ...plain("copy ci from stdin csv quote as '\"' escape as '\"'", '1,"a""b",c\n'),
  ...plain('copy ci from stdin with binary', ''),
  { sql: TEXT, data: '', fail: 'no more' },
  { sql: TEXT, data: '1\tx\ty\n2\tx', fail: '' },
  { sql: TEXT, data: 'q\tx\ty\n2\tx', fail: 'late' },
  { sql: 'copy cd from stdin', data: '\\N\tx\t\\N\t\\N\t\\N\n', fail: 'late' },
  { sql: CSV, data: '1,x,y\n', fail: 'äö' },
  { sql: BINARY, data: '', fail: 'x' },
  { sql: BINARY, data: { hex: `${HEAD}${ROW}` }, fail: 'x' },
];
