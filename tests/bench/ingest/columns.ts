/** The types that the workloads write. */
export type BenchType = 'text' | 'int4' | 'int8' | 'float8' | 'bool' | 'date' | 'timestamptz' | 'jsonb' | 'text[]';

export interface BenchColumn {
  readonly name: string;
  readonly type: BenchType;
  readonly notNull: boolean;
}

/** The small table: what a service writes about its requests. */
export const EVENTS: readonly BenchColumn[] = columnsOf(`
  ts timestamptz not null, project_id text not null, name text, status int4, latency float8,
  bytes int8 not null, host text, ok bool, ratio float8, note text`);

/** 88 of the 92 columns of TimeFusion's otel_logs_and_spans, as its own benchmarks write them; names verbatim, irregular as they are. */
export const TELEMETRY: readonly BenchColumn[] = columnsOf(`
  date date not null, timestamp timestamptz not null, observed_timestamp timestamptz, id text not null,
  parent_id text, hashes text[], name text, kind text, status_code text, status_message text,
  level text, severity jsonb, severity___severity_text text, severity___severity_number int4,
  body jsonb, duration int8, start_time timestamptz, end_time timestamptz, context jsonb,
  context___trace_id text, context___span_id text, context___trace_state text, context___trace_flags text,
  context___is_remote bool, events jsonb, links text, attributes jsonb, attributes___client___address text,
  attributes___client___port int4, attributes___server___address text, attributes___server___port int4,
  attributes___network___local__address text, attributes___network___local__port int4,
  attributes___network___peer___address text, attributes___network___peer__port int4,
  attributes___network___protocol___name text, attributes___network___protocol___version text,
  attributes___network___transport text, attributes___network___type text, attributes___code___number int4,
  attributes___code___file___path text, attributes___code___function___name text,
  attributes___code___line___number int4, attributes___code___stacktrace text,
  attributes___log__record___original text, attributes___log__record___uid text, attributes___error___type text,
  attributes___exception___type text, attributes___exception___message text,
  attributes___exception___stacktrace text, attributes___url___fragment text, attributes___url___full text,
  attributes___url___path text, attributes___url___query text, attributes___url___scheme text,
  attributes___user_agent___original text, attributes___http___request___method text,
  attributes___http___request___method_original text, attributes___http___response___status_code int4,
  attributes___http___request___resend_count int4, attributes___http___request___body___size int8,
  attributes___session___id text, attributes___session___previous___id text, attributes___db___system___name text,
  attributes___db___collection___name text, attributes___db___namespace text, attributes___db___operation___name text,
  attributes___db___response___status_code text, attributes___db___operation___batch___size int4,
  attributes___db___query___summary text, attributes___db___query___text text, attributes___user___id text,
  attributes___user___email text, attributes___user___full_name text, attributes___user___name text,
  attributes___user___hash text, resource jsonb, resource___service___name text, resource___service___version text,
  resource___service___instance___id text, resource___service___namespace text,
  resource___telemetry___sdk___language text, resource___telemetry___sdk___name text,
  resource___telemetry___sdk___version text, resource___user_agent___original text, project_id text,
  summary text[] not null, message_size_bytes int8`);

function columnsOf(list: string): readonly BenchColumn[] {
  return list.split(',').map((column) => {
    const [name = '', type = '', ...rest] = column.trim().split(/\s+/);
    return { name, type: type as BenchType, notNull: rest.join(' ') === 'not null' };
  });
}

/** CREATE TABLE, for both systems. */
export function createTableSql(table: string, columns: readonly BenchColumn[]): string {
  const list = columns.map(({ name, type, notNull }) => `"${name}" ${type}${notNull ? ' not null' : ''}`);
  return `create table ${table} (${list.join(', ')})`;
}
