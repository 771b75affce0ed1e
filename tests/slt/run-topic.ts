import { createHash } from 'node:crypto';
import type { SqlAnswer, SqlConnection, SqlTarget } from '../support/sql-answer.ts';
import { complete, judge, printRows } from './slt-answer.ts';
import { parseSlt, type SltItem, type SltRecord } from './slt-file.ts';

/** What became of one record in one configuration. */
export interface RecordResult {
  readonly topic: string;
  readonly line: number;
  /** The SQL on one line, with its loop variables filled in: what a skip list names. */
  readonly sql: string;
  /** null: as expected. */
  readonly problem: string | null;
  /** The record was not run: `skipif` or `onlyif` said so. */
  readonly isConditional: boolean;
}

/** What a run of one topic came to. */
export interface TopicResult {
  readonly results: readonly RecordResult[];
  /** The file with its expectations filled in. */
  readonly completed: string;
}

/** What looks on while records run. */
export interface RecordHooks {
  before?(): void;
  /** May turn an answer that is as expected into a problem. */
  after?(): string | null;
}

interface TopicRun extends RecordHooks {
  readonly topic: string;
  /** Names that skipif and onlyif ask for: the configuration and the target. */
  readonly conditions: ReadonlySet<string>;
  /** Stop after the record on this line; null for all. */
  readonly line: number | null;
}

/** The servers that a corpus can be run on. */
const TARGETS: ReadonlySet<string> = new Set(['millrace', 'postgres']);

/** SQL on one line. */
export function oneLine(sql: string): string {
  return sql.replace(/\s+/g, ' ').trim();
}

/** Runs the records of a file in order, on sessions of their own, and empties the target afterwards. */
export async function runTopic(target: SqlTarget, text: string, run: TopicRun): Promise<TopicResult> {
  const runner = new TopicRunner(target, run);
  const lines = text.split('\n');
  try {
    await runner.items(parseSlt(run.topic, text), new Map());
  } finally {
    await runner.close();
    await target.clear();
  }
  for (const [record, { head, below }] of [...runner.completions].reverse()) {
    lines.splice(record.sqlEnd, record.end - record.sqlEnd, ...below);
    lines[record.head] = head;
  }
  return { results: runner.results, completed: lines.join('\n') };
}

class TopicRunner {
  readonly results: RecordResult[] = [];
  readonly completions = new Map<SltRecord, { readonly head: string; readonly below: readonly string[] }>();
  readonly #target: SqlTarget;
  readonly #run: TopicRun;
  readonly #connections = new Map<string, SqlConnection>();
  readonly #labels = new Map<string, { readonly line: number; readonly hash: string }>();
  #hashThreshold = 0;
  #isPast = false;

  constructor(target: SqlTarget, run: TopicRun) {
    this.#target = target;
    this.#run = run;
  }

  async items(items: readonly SltItem[], variables: ReadonlyMap<string, string>): Promise<void> {
    for (const item of items) {
      if (this.#isPast) return;
      switch (item.kind) {
        case 'hash-threshold':
          this.#hashThreshold = item.values;
          break;
        case 'loop':
          for (const value of item.values) await this.items(item.items, new Map(variables).set(item.variable, value));
          break;
        case 'record':
          await this.#record(item.record, variables);
          break;
        default:
          item satisfies never;
      }
    }
  }

  async close(): Promise<void> {
    for (const connection of this.#connections.values()) await connection.close();
  }

  async #record(record: SltRecord, variables: ReadonlyMap<string, string>): Promise<void> {
    const { topic, conditions, line } = this.#run;
    const sql = [...variables].reduce((text, [name, value]) => text.replaceAll(`\${${name}}`, value), record.sql);
    const result = { topic, line: record.line, sql: oneLine(sql) };
    // What only another server is told (what it needs in order to follow) is no skip.
    if (record.only.length > 0 && record.only.every((name) => TARGETS.has(name) && name !== this.#target.name)) return;
    const isWanted =
      !record.skip.some((name) => conditions.has(name)) &&
      (record.only.length === 0 || record.only.some((name) => conditions.has(name)));
    if (!isWanted) {
      this.results.push({ ...result, problem: null, isConditional: true });
      return;
    }
    const connection = await this.#connectionOf(record.connection);
    this.#run.before?.();
    const answer = await connection.ask(sql);
    const problem = judge(record.expectation, answer, this.#hashThreshold) ?? this.#judgeLabel(record, answer);
    this.results.push({ ...result, problem: problem ?? this.#run.after?.() ?? null, isConditional: false });
    if (variables.size === 0 && problem !== null) {
      this.completions.set(record, complete(record.verb, record.expectation, answer, this.#hashThreshold));
    }
    this.#isPast = line !== null && record.line >= line;
  }

  async #connectionOf(name: string): Promise<SqlConnection> {
    const known = this.#connections.get(name);
    if (known !== undefined) return known;
    const connection = await this.#target.connect();
    this.#connections.set(name, connection);
    return connection;
  }

  /** Queries of one label answer alike. */
  #judgeLabel({ expectation, line }: SltRecord, answer: SqlAnswer): string | null {
    if (expectation.kind !== 'rows' || expectation.label === null || answer.kind !== 'rows') return null;
    const { sort, label } = expectation;
    const lines = printRows(answer, { sort, showsNames: false, hashThreshold: 0 });
    const hash = createHash('md5').update(lines.join('\n')).digest('hex');
    const first = this.#labels.get(label);
    if (first === undefined) this.#labels.set(label, { line, hash });
    return first === undefined || first.hash === hash
      ? null
      : `not the answer of line ${first.line}, which has the same label, ${label}`;
  }
}
