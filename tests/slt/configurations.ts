import { standardRules } from '@millrace/rules';
import type { MillraceOptions } from '../support/sql-targets.ts';

/** One way to run the corpus: servers that must all give the same answers. */
export interface Configuration {
  readonly name: string;
  /** The servers, each with what failures call it. */
  readonly variants: readonly { readonly name: string; readonly options: MillraceOptions }[];
}

function withSession(name: string, ...session: readonly string[]): Configuration {
  return { name, variants: [{ name, options: { session } }] };
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
  withSession('batch-1', 'set millrace.batch_rows = 1'),
]);
