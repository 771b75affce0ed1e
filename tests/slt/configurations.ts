import { standardRules } from '@millrace/rules';
import type { MillraceOptions } from '../support/sql-targets.ts';
import { portableWithFallback } from './portable-with-fallback.ts';
import type { RecordHooks } from './run-topic.ts';

/** One way to run the corpus: servers that must all give the same answers. */
export interface Configuration {
  readonly name: string;
  readonly variants: readonly ConfigurationVariant[];
}

/** A server of a configuration: what failures call it, how it is set up, and what looks on. */
export interface ConfigurationVariant extends RecordHooks {
  readonly name: string;
  readonly options: MillraceOptions;
}

function withSession(name: string, ...session: readonly string[]): Configuration {
  return { name, variants: [{ name, options: { session } }] };
}

function portable(): Configuration {
  const { frontend, forget, refusal } = portableWithFallback();
  const options: MillraceOptions = { configure: (builder) => builder.use(frontend) };
  return {
    name: 'portable-frontend',
    variants: [{ name: 'portable-frontend', options, before: forget, after: refusal }],
  };
}

/** The run matrix. */
export const CONFIGURATIONS: readonly Configuration[] = Object.freeze([
  withSession('default'),
  withSession('no-rules', `set millrace.disabled_rules = 'all'`),
  {
    name: 'each-rule-off',
    variants: standardRules().map((rule) => ({
      name: `each-rule-off ${rule.name}`,
      options: { session: [`set millrace.disabled_rules = '${rule.name}'`] },
    })),
  },
  portable(),
  withSession('batch-1', 'set millrace.batch_rows = 1'),
  withSession('hash-zero', 'set millrace.hash_mask = 0'),
  withSession('lift-eager', 'set millrace.lift_literals = eager'),
  withSession('lift-off', 'set millrace.lift_literals = off'),
]);
