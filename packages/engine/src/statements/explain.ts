import { failure, type ResultColumn, type StatementResult, types } from '@millrace/core';
import { createStatistics, type StatisticsCollector } from '@millrace/exec';
import {
  type AstOption,
  type AstStatement,
  type Explanation,
  explainPlan,
  type ParsedStatement,
  type PhysicalPlan,
  physicalPreorder,
  type RuleEvent,
} from '@millrace/planner';
import { isValid } from '../prepare/plan-cache.ts';
import { planAnew, requireAllowed } from '../prepare/plan-statement.ts';
import type { PreparedPlan } from '../prepare/prepared-plan.ts';
import { bindForExplain, runPlan } from '../prepare/run-plan.ts';
import { resultColumn, rowsResult } from './results.ts';
import type { RunContext } from './run-statement.ts';

type ExplainStatement = Extract<AstStatement, { readonly kind: 'explain' }>;

interface ExplainOptions {
  readonly analyze: boolean;
  readonly rules: 'no' | 'changed' | 'all';
}

/** EXPLAIN, EXPLAIN (RULES [all]), EXPLAIN ANALYZE (which runs the statement, as in PostgreSQL). */
export async function runExplain(context: RunContext, explain: ExplainStatement): Promise<StatementResult> {
  const { session, prepared } = context;
  const options = explainOptions(explain.options);
  if (explain.statement.kind !== 'query' && explain.statement.kind !== 'insert') {
    throw failure('notSupported', {
      feature: `EXPLAIN of ${explain.statement.kind.toUpperCase().replaceAll('-', ' ')}`,
    });
  }
  const parsed: ParsedStatement = { statement: explain.statement, sql: prepared.sql, offset: 0, parameterCount: 0 };
  const { clock } = session.services;
  const startMs = clock.monotonicMs();
  const { plan, events } = planAnew(session, parsed, [], { collectEvents: options.rules !== 'no' });
  if (plan.parameterTypes.length > 0 && options.analyze) throw failure('undefinedParameter', { parameter: '$1' });
  const bound = bindForExplain(session, plan, options.rules !== 'no');
  const planningMicros = (clock.monotonicMs() - startMs) * 1_000;
  const rules = options.rules === 'no' ? {} : ruleReport([...events, ...bound.events], options);
  const analysis = options.analyze ? await analyze(context, { parsed, plan, planningMicros }) : { plan: bound.plan };
  return rowsResult(
    explainColumns,
    explainPlan({ ...rules, ...analysis }).map((line) => [line]),
    'EXPLAIN',
  );
}

const explainColumns: readonly ResultColumn[] = [resultColumn('QUERY PLAN', types.text)];

function ruleReport(events: readonly RuleEvent[], options: ExplainOptions): Pick<Explanation, 'rules'> {
  return { rules: { events, all: options.rules === 'all' } };
}

/** Runs the statement for its statistics; its rows are dropped, what it writes is written. */
async function analyze(
  { session, signal }: RunContext,
  planned: { readonly parsed: ParsedStatement; readonly plan: PreparedPlan; readonly planningMicros: number },
): Promise<Pick<Explanation, 'analysis' | 'plan'>> {
  let { plan } = planned;
  requireAllowed(session, plan);
  const planNow = (): PreparedPlan => {
    if (!isValid(plan, session.catalogView())) {
      plan = planAnew(session, planned.parsed, [], { collectEvents: false }).plan;
    }
    return plan;
  };
  const { clock } = session.services;
  const statistics = createStatistics(clock);
  const startMs = clock.monotonicMs();
  const running = await runPlan(session, planNow, { parameters: [], signal, statistics });
  for await (const _ of running.batches);
  const executionMicros = (clock.monotonicMs() - startMs) * 1_000;
  return {
    plan: running.physical,
    analysis: {
      stats: statisticsOf(running.physical, statistics),
      planningMicros: planned.planningMicros,
      executionMicros,
    },
  };
}

function statisticsOf(
  plan: PhysicalPlan,
  statistics: StatisticsCollector,
): NonNullable<Explanation['analysis']>['stats'] {
  return physicalPreorder(plan).map(
    (node) => statistics.read(node) ?? { rows: 0, batches: 0, micros: 0, loops: 0, detail: null },
  );
}

function explainOptions(options: readonly AstOption[]): ExplainOptions {
  let analyze = false;
  let rules: ExplainOptions['rules'] = 'no';
  for (const { name, value } of options) {
    const text = (value ?? 'on').toLowerCase();
    const isOn = ['on', 'true', '1', 'yes'].includes(text);
    switch (name.toLowerCase()) {
      case 'analyze':
        analyze = isOn;
        break;
      case 'rules':
        rules = text === 'all' ? 'all' : isOn ? 'changed' : 'no';
        break;
      // What they would add is always or never there: harmless to accept.
      case 'verbose':
      case 'costs':
      case 'timing':
      case 'summary':
      case 'buffers':
        break;
      case 'format':
        if (text !== 'text') throw failure('notSupported', { feature: `EXPLAIN (FORMAT ${text.toUpperCase()})` });
        break;
      default:
        throw failure('syntaxError', { message: `unrecognized EXPLAIN option "${name}"` });
    }
  }
  return { analyze, rules };
}
