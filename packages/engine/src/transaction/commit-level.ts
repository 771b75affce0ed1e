import { COMMIT_LEVELS, type CommitLevel, failure } from '@millrace/core';

/** The table option's name. */
export const COMMIT_LEVEL = 'commit_level';

/** A level by its name, in any case; null if there is none. */
export function commitLevel(text: string): CommitLevel | null {
  const wanted = text.trim().toLowerCase();
  return COMMIT_LEVELS.find((level) => level === wanted) ?? null;
}

/** 22023 for a text that is no level, with those that are. */
export function requireCommitLevel(text: string, what: string): CommitLevel {
  const level = commitLevel(text);
  if (level !== null) return level;
  const hint = `Available values: ${COMMIT_LEVELS.join(', ')}.`;
  throw failure('invalidParameterValue', { message: `invalid value for ${what}: "${text}"` }, { hint });
}

/** Of several that have a say (the session, the tables, DDL), the one that promises most; `buffered` if nobody asks for more. */
export function strictestLevel(levels: readonly CommitLevel[]): CommitLevel {
  return COMMIT_LEVELS[Math.max(0, ...levels.map((level) => COMMIT_LEVELS.indexOf(level)))] as CommitLevel;
}
