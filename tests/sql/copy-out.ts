import { fieldsOf, query, type RawClient } from '../acceptance/support/raw-client.ts';

/** What COPY ... TO STDOUT sends: the head of CopyOutResponse, all CopyData in a row, the command tag; or the error. */
export type CopyOut =
  | { readonly head: string; readonly data: string; readonly tag: string }
  | { readonly sqlstate: string; readonly message: string };

/** Runs a COPY by the simple protocol. Binary data is given in hex, the rest as text. */
export async function copyOut(client: RawClient, sql: string): Promise<CopyOut> {
  client.send(query(sql));
  const messages = await client.untilReady();
  const body = (type: string): Buffer[] => messages.filter((one) => one.type === type).map((one) => one.body);
  const error = messages.find((one) => one.type === 'E');
  if (error !== undefined) {
    const { C: sqlstate = '', M: message = '' } = fieldsOf(error);
    return { sqlstate, message };
  }
  const [head = Buffer.alloc(1)] = body('H');
  if (body('c').length !== 1) throw new Error(`${sql}: no CopyDone`);
  const data = Buffer.concat(body('d')).toString(head[0] === 1 ? 'hex' : 'utf8');
  const tag = body('C').map((one) => one.toString('latin1').replace('\0', ''));
  return { head: head.toString('hex'), data, tag: tag.join() };
}

/** The tables that the statements read. */
export const COPY_SETUP: readonly string[] = [
  'create table ct (a int, b text, "Cd" float8)',
  `insert into ct values (1, 'x', 1.5), (2, null, null), (null, '', 'NaN'), (3, E'tab\\tnl\\ncr\\rbs\\\\q"c,s\\x01', -0.0)`,
  `create table cw (b bool, i2 int2, i8 int8, f4 float4, n numeric, n2 numeric(10,2), v varchar(10), by bytea, d date, ts timestamp,
     tz timestamptz, u uuid, j json, jb jsonb, ai int4[], at text[])`,
  `insert into cw values (true, -1, 9223372036854775807, 1.5, 123456789012345678901234567890.5, 3.5, 'ä😀', '\\x00ff', '2024-02-29', '2024-02-29 23:59:59.999999',
     '2024-02-29 12:00+02', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a": 1}', '{"b":[1, null]}', '{1,NULL,3}', '{a,"b c",NULL,"x,y"}'),
     (null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null)`,
];

/** Every option, every kind of value that a format treats in a way of its own, and every refusal. */
export const COPY_STATEMENTS: readonly string[] = [
  ...['', '(format csv)', '(format binary)', '(format csv, header)', '(header)', 'csv header', 'binary', 'csv'].flatMap(
    (options) => [
      `copy ct to stdout ${options}`,
      `copy (select * from ct order by a nulls first limit 3) to stdout ${options}`,
      `copy (select 1 where false) to stdout ${options}`,
      `copy cw to stdout ${options}`,
    ],
  ),
  'copy ct (b, a) to stdout',
  'copy ct ("Cd") to stdout csv header',
  "copy ct to stdout (delimiter '|', null 'NULL')",
  "copy ct to stdout delimiter '|' null as 'NULL'",
  "copy ct to stdout (format csv, delimiter ';', null 'x')",
  "copy ct to stdout (format csv, quote '''', escape 'x', force_quote *)",
  'copy ct to stdout (format csv, header, force_quote (b, "Cd"))',
  'copy ct to stdout csv force quote b',
  "copy ct to stdout (encoding 'utf-8')",
  'copy ct to stdout (freeze)',
  'copy ct to stdout (header false)',
  "copy (values ('\\.'), (''), (null), ('a b'), ('a,b'), ('a\"b'), (E'x\\ny'), (E'\\r'), (E'\\\\'), (' ')) to stdout csv",
  "copy (values ('\\.', 1)) to stdout csv",
  "copy (values ('\\.'), (''), (null), (E'a\\tb\\bc\\fd\\ne\\rf\\\\g'), (E'\\x0b\\x7f')) to stdout",
  "copy (values (E'a\\tb')) to stdout (delimiter E'\\x01')",
  'copy (select) to stdout',
  'copy (select from generate_series(1, 2)) to stdout csv',
  'copy (select from generate_series(1, 2)) to stdout binary',
  'copy (with q as (select a from ct) select sum(a) from q) to stdout',
  'copy (select 1 as "a,b", 2 as "q""x", 3 as x) to stdout csv header',
  'copy (select 1 as "a\tb") to stdout (header)',
  'copy (table ct) to stdout',
  "copy (select interval '1 mon 2 days 03:04:05', timestamp 'infinity', 'ct'::regclass) to stdout",
  'copy (select a from ct union all select 9) to stdout',
  ...[
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
    'format csv, force_quote (zz)',
    'format csv, force_not_null (a)',
    'format csv, force_null (a)',
    'force_null (a)',
    'header match',
    'header 3',
    'header foo',
    'format binary, header',
    "format binary, delimiter ','",
    "format binary, null 'x'",
    'format',
    'delimiter',
    'null',
    "header 'true', header false",
    "force_quote 'a'",
    "format csv, delimiter ''",
    "delimiter '\\'",
    "delimiter '.'",
    "format csv, escape ''",
  ].map((options) => `copy ct to stdout (${options})`),
  'copy ct (zz) to stdout',
  'copy ct (a, a) to stdout',
  'copy nope to stdout',
  'copy (select 1 where $1 = 1) to stdout',
  "copy (insert into ct values (1, 'x')) to stdout",
  'copy (select 1, 2) to stdout (format csv, force_quote (x))',
  'copy ct to stdout where a = 1',
  'copy (select 1 / a from (values (1), (0)) v(a)) to stdout',
];
