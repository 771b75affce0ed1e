import { AssertionError } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { oneLine, type RecordResult } from './run-topic.ts';

/** Records that a configuration is known not to pass, each with its reason: reviewed, printed by every run, and no longer than needed. */
export interface SkipList {
  /** Why a record is skipped, or null. */
  reasonOf(result: RecordResult): string | null;
  /** Entries of these topics that no record needed. */
  unused(topics: readonly string[]): readonly string[];
}

/** A heading that says nothing yet: entries below it are not reviewed. */
export const UNREVIEWED = 'unreviewed';

const FOLDER = new URL('skips/', import.meta.url);

/** Where the list of a configuration is. */
export function skipListUrl(configuration: string): URL {
  return new URL(`${configuration}.txt`, FOLDER);
}

/** The list of a configuration; none if there is no file. */
export function readSkipList(configuration: string): SkipList {
  const url = skipListUrl(configuration);
  return parseSkipList(existsSync(url) ? readFileSync(url, 'utf8') : '');
}

/**
 * A list is made of groups:
 *
 *     # prose
 *     [the reason, for people]
 *     topic: SQL on one line
 *     topic: *
 */
export function parseSkipList(text: string): SkipList {
  const reasons = new Map<string, string>();
  let reason = '';
  for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
    const heading = /^\[(.+)\]$/.exec(line)?.[1];
    if (heading !== undefined) reason = heading;
    else if (reason === '' || reason === UNREVIEWED) fail(`no reason is given for skipping ${line}`);
    else if (!/^[\w-]+: ./.test(line)) fail(`"${line}" names no topic`);
    else reasons.set(oneLine(line), reason);
  }
  const used = new Set<string>();
  return {
    reasonOf({ topic, sql }) {
      const entry = [`${topic}: ${sql}`, `${topic}: *`].find((key) => reasons.has(key));
      if (entry === undefined) return null;
      used.add(entry);
      return reasons.get(entry) ?? null;
    },
    unused: (topics) =>
      [...reasons.keys()].filter((entry) => !used.has(entry) && topics.includes(entry.split(':')[0] ?? '')),
  };
}

function fail(message: string): never {
  throw new AssertionError({ message });
}
