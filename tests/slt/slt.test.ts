import { describe, expect, it } from 'vitest';
import { startMillraceTarget } from '../support/sql-targets.ts';
import { CONFIGURATIONS } from './configurations.ts';
import { runConfiguration, TOPICS } from './run-configuration.ts';

// The whole matrix, and the corpus against a PostgreSQL, are `.ci/run`'s: `npm run slt -- --config all`.
const DEFAULT_RUN = CONFIGURATIONS.filter(({ name }) => name === 'default' || name === 'no-rules');

describe('the corpus', () => {
  it('is large enough to mean something', () => expect(TOPICS.length).toBeGreaterThanOrEqual(25));

  it.each(DEFAULT_RUN)('answers as PostgreSQL does: $name', { timeout: 120_000 }, async ({ name, variants }) => {
    const runs = variants.map((variant) => ({ ...variant, start: () => startMillraceTarget(variant.options) }));
    const choices = TOPICS.map((topic) => ({ topic, line: null }));
    const { failures, passed } = await runConfiguration(name, runs, choices);
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThan(700);
  });
});
