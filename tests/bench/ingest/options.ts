import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';

/** What `npm run bench -- ingest` was asked for. */
export interface IngestOptions {
  readonly seconds: number;
  readonly rounds: number;
  /** Distinct rows of the data; runs repeat them. */
  readonly rows: number;
  /** Only workloads whose name matches one of these. */
  readonly only: readonly RegExp[];
  readonly all: boolean;
  readonly list: boolean;
  readonly postgres: boolean;
  readonly verify: boolean;
  readonly built: boolean;
  readonly memory: string;
  readonly directory: string;
  readonly json: string | null;
  readonly profile: string | null;
  readonly svg: string | null;
  /** Of data in one COPY; null = COPY_ROWS rows. */
  readonly copyBytes: number | null;
}

export const HELP = `usage: npm run bench -- ingest [flags]

  --quick          one short run of each, few rows: is everything still there?
  --seconds N      of load in each run                                   (default 3)
  --rounds N       runs of each on each system, interleaved; medians     (default 5)
  --only NAME      workloads whose name matches this regular expression; may be repeated
  --all            every combination of rows, connections and ways in: hours
  --list           print the names of the workloads and end
  --rows N         distinct rows of the data, which runs repeat          (default 20000)
  --no-postgres    measure millrace alone
  --no-verify      do not read the Delta tables with ClickHouse afterwards
  --built          run the packages that npm run build made, not the sources
  --memory SIZE    millrace's --memory                                   (default 1GB)
  --directory DIR  where both keep their data                            (default the system's temporary directory)
  --json FILE      also write everything as JSON
  --copy-gb N      one COPY of N gigabytes in each run of a COPY (text or csv), instead of 20,000 rows
  --svg FILE       draw millrace's memory in the last run of the last workload
  --profile DIR    leave a processor profile of millrace there for each workload
`;

/** Reads the flags; null for --help. */
export function readIngestOptions(args: readonly string[]): IngestOptions | null {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ quick: flag, all: flag, list: flag, built: flag, help: flag, 'no-postgres': flag, 'no-verify': flag },
      ...{
        seconds: text,
        rounds: text,
        rows: text,
        memory: text,
        directory: text,
        json: text,
        profile: text,
        svg: text,
        'copy-gb': text,
      },
      only: { type: 'string', multiple: true },
    },
  });
  if (values.help) return null;
  const quick = values.quick ? { seconds: 0.3, rounds: 1, rows: 2_000 } : { seconds: 3, rounds: 5, rows: 20_000 };
  return {
    seconds: number(values.seconds, quick.seconds),
    rounds: number(values.rounds, quick.rounds),
    rows: number(values.rows, quick.rows),
    only: (values.only ?? []).map((name) => new RegExp(name)),
    all: values.all,
    list: values.list,
    postgres: !values['no-postgres'],
    verify: !values['no-verify'],
    built: values.built,
    memory: values.memory ?? '1GB',
    directory: values.directory ?? tmpdir(),
    json: values.json ?? null,
    profile: values.profile ?? null,
    svg: values.svg ?? null,
    copyBytes: values['copy-gb'] === undefined ? null : number(values['copy-gb'], 0) * 1e9,
  };
}

function number(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!(value > 0)) throw new Error(`"${text}" is not a positive number`);
  return value;
}
