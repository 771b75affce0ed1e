import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { SqlTarget } from '../support/sql-answer.ts';
import { type RecordHooks, type RecordResult, runTopic } from './run-topic.ts';
import { readSkipList } from './skip-list.ts';

const CORPUS = new URL('corpus/', import.meta.url);

/** The topics of the corpus: the names of its files. */
export const TOPICS: readonly string[] = Object.freeze(
  readdirSync(CORPUS)
    .filter((name) => name.endsWith('.slt'))
    .map((name) => name.replace(/\.slt$/, ''))
    .sort(),
);

/** A file of the corpus, and the line after which to stop. */
export interface TopicChoice {
  readonly topic: string;
  readonly line: number | null;
}

/** A server to run on, as it is called in reports, and how to start it. */
export interface RunVariant extends RecordHooks {
  readonly name: string;
  start(): Promise<SqlTarget>;
}

/** What a configuration came to. */
export interface ConfigurationReport {
  readonly passed: number;
  /** `topic:line reason: SQL` */
  readonly skipped: readonly string[];
  readonly failures: readonly string[];
  /** Entries that a skip list would need for this run to pass. */
  readonly unlisted: readonly string[];
}

/**
 * Runs topics in every variant of a configuration. A record that fails is a failure unless the reviewed list names it; so is an entry of the list
 * that nothing needs any more.
 */
export async function runConfiguration(
  configuration: string,
  variants: readonly RunVariant[],
  choices: readonly TopicChoice[],
  options: { readonly complete?: boolean } = {},
): Promise<ConfigurationReport> {
  const skips = readSkipList(configuration);
  const skipped = new Set<string>();
  const unlisted = new Set<string>();
  const failures: string[] = [];
  let passed = 0;
  const judge = (variant: string, result: RecordResult): void => {
    if (result.problem === null && !result.isConditional) {
      passed++;
      return;
    }
    const place = `${result.topic}:${result.line}`;
    const reason = skips.reasonOf(result);
    if (reason !== null) {
      skipped.add(`${place} (${reason}) ${result.sql}`);
      return;
    }
    unlisted.add(`${result.topic}: ${result.sql}`);
    const problem = result.problem ?? 'is not run here, and the reviewed list of skips does not say why';
    failures.push(`${variant}: ${place}\n  ${result.sql}\n  ${problem}`);
  };
  for (const variant of variants) {
    const target = await variant.start();
    try {
      for (const { topic, line } of choices) {
        const { start: _, name, ...hooks } = variant;
        const conditions = new Set([configuration, target.name]);
        const file = new URL(`${topic}.slt`, CORPUS);
        const text = readFileSync(file, 'utf8');
        const { results, completed } = await runTopic(target, text, { topic, conditions, line, ...hooks });
        for (const result of results) judge(name, result);
        if (options.complete === true && completed !== text) writeFileSync(file, completed);
      }
    } finally {
      await target.close();
    }
  }
  const whole = choices.filter(({ line }) => line === null).map(({ topic }) => topic);
  for (const entry of skips.unused(whole))
    failures.push(`${configuration}: passes, but is on the list of skips: ${entry}`);
  return { passed, skipped: [...skipped], failures, unlisted: [...unlisted] };
}
