import {
  asMillraceError,
  type DataType,
  LIMITS,
  MillraceError,
  type ParameterValue,
  type RecordBatch,
  type StatementResult,
} from '@millrace/core';
import type { ParameterRows } from '@millrace/exec';
import type { ParsedStatement } from '@millrace/planner';
import { isValid } from '../prepare/plan-cache.ts';
import { planKeyOf } from '../prepare/plan-key.ts';
import { planAnew } from '../prepare/plan-statement.ts';
import type { PreparedPlan } from '../prepare/prepared-plan.ts';
import type { EnginePrepared } from '../prepare/prepared-statement.ts';
import { withOffset } from '../session/error-position.ts';
import { GuardedGenerator } from '../session/guarded-generator.ts';
import { parseText } from '../session/parse-text.ts';
import type { Session } from '../session/session.ts';
import { runStatement } from '../statements/run-statement.ts';
import { queryTemplate } from './lex-query.ts';
import { insertHeadEnd, insertTemplateText, isInsertTemplate, literalsAsColumns } from './lift-insert.ts';
import { declaredTypes, isQueryTemplate, literalsAsParameters } from './lift-query.ts';

/**
 * Runs a text of the simple protocol by its template's plan, if it is a plain INSERT or a query whose template came before:
 *
 *     insert into t (a, b) values (1, 'x'), (2, NULL)   =>   insert into t (a, b) values ($1, $2), and two columns
 *     select b from t where a = 5 limit 10              =>   select b from t where a = $1 limit 10, and 5
 *
 * Law: the answer is that of the whole text; whatever might differ or fails gives null, and the text is parsed and planned as if there were no
 * lifting. So errors, with their positions, are those of the text. A template is planned when it comes a second time (`millrace.lift_literals`
 * = eager: the first). Counts `literals_lifted` (statements).
 */
export async function runLifted(session: Session, sql: string, signal: AbortSignal): Promise<StatementResult | null> {
  if (sql.length > LIMITS.sqlBytesMax || session.transactions.state === 'failed') return null;
  if (session.settings.get('millrace.lift_literals') === 'off') return null;
  const headEnd = insertHeadEnd(sql);
  return headEnd === -1 ? runLiftedQuery(session, sql, signal) : runLiftedInsert(session, { sql, headEnd }, signal);
}

async function runLiftedInsert(
  session: Session,
  { sql, headEnd }: { readonly sql: string; readonly headEnd: number },
  signal: AbortSignal,
): Promise<StatementResult | null> {
  const found = plannedTemplate(session, sql.slice(0, headEnd), {
    text: () => insertTemplateText(sql, headEnd),
    types: [],
    suits: isInsertTemplate,
  });
  const rows = found === null ? null : literalsAsColumns(session, sql, { headEnd, plan: found.plan });
  if (found === null || rows === null) return null;
  try {
    return await runTemplate(session, found, { parameters: [], rows }, signal);
  } catch (error) {
    // The rows were read: what failed now says nothing of the text, and the text before the rows is the template's.
    throw withOffset(asMillraceError(error), found.parsed.offset);
  }
}

async function runLiftedQuery(session: Session, sql: string, signal: AbortSignal): Promise<StatementResult | null> {
  const template = sql.length > LIMITS.liftedQueryCharactersMax ? null : queryTemplate(sql);
  if (template === null) return null;
  const types = declaredTypes(template);
  const found = plannedTemplate(session, `${types.map((type) => type?.kind ?? '').join()}\u0000${template.sql}`, {
    text: () => template.sql,
    types,
    suits: (parsed, plan) => isQueryTemplate(parsed, plan, template),
  });
  if (found === null) return null;
  try {
    const result = await runTemplate(
      session,
      found,
      { parameters: literalsAsParameters(template), rows: null },
      signal,
    );
    return await startedResult(result);
  } catch (error) {
    const known = asMillraceError(error);
    // Cancelled, or out of a resource: once is enough.
    if (signal.aborted || /^5[37]/.test(known.sqlstate)) throw known;
    return null;
  }
}

/** A result whose first batch is there, so that what fails at once can be run again from its text. */
async function startedResult(result: StatementResult): Promise<StatementResult> {
  const { batches } = result;
  const first = await batches.next();
  async function* all(): AsyncGenerator<RecordBatch, void, void> {
    if (first.done) return;
    yield first.value;
    yield* batches;
  }
  return { ...result, batches: new GuardedGenerator(all(), { onEnd: async () => void (await batches.return()) }) };
}

interface Literals {
  readonly parameters: readonly ParameterValue[];
  readonly rows: ParameterRows | null;
}

function runTemplate(
  session: Session,
  { parsed, plan }: Planned,
  { parameters, rows }: Literals,
  signal: AbortSignal,
): Promise<StatementResult> {
  session.services.metrics.count('literals_lifted');
  const { parameterTypes, columns } = plan;
  const isQuery = columns !== null;
  const base = { name: '', sql: parsed.sql, isEmpty: false, endsTransaction: false, isQuery, declaredTypes: [] };
  const prepared: EnginePrepared = { ...base, parsed, parameterTypes, columns, plan, planKey: planKeyOf(session) };
  return runStatement(session, prepared, parameters, signal, rows ?? undefined);
}

interface Planned {
  readonly parsed: ParsedStatement;
  readonly plan: PreparedPlan;
}

/** A template that may have to be planned. */
interface Wanted {
  /** Its own statement; null if this text has none. */
  readonly text: () => string | null;
  readonly types: readonly (DataType | null)[];
  /** Whether the plan may stand for the statements of the template. */
  readonly suits: (parsed: ParsedStatement, plan: PreparedPlan) => boolean;
}

/** The template's plan if it has one that is valid now; made when the template comes again. */
function plannedTemplate(session: Session, name: string, wanted: Wanted): Planned | null {
  const { literalTemplates, catalog } = session.services;
  const key = `${planKeyOf(session)}\u0000${name}`;
  const known = literalTemplates.get(key);
  if (known === undefined && session.settings.get('millrace.lift_literals') !== 'eager') {
    literalTemplates.put(key, { kind: 'seen' });
    return null;
  }
  if (known?.kind === 'planned' && isValid(known.plan, session.catalogView())) return known;
  const text = wanted.text();
  if (text === null) return null;
  if (known?.kind === 'refused' && known.catalog === catalog.byId && known.text === text) return null;
  const planned = planTemplate(session, text, wanted);
  const refused = { kind: 'refused', text, catalog: catalog.byId } as const;
  literalTemplates.put(key, planned === null ? refused : { kind: 'planned', ...planned });
  return planned;
}

/** Null if it cannot be planned or is not what it looked like. What is wrong with it, the whole text will say. */
function planTemplate(session: Session, text: string, { types, suits }: Wanted): Planned | null {
  try {
    const [parsed, ...others] = parseText(session.services.frontend, text);
    if (parsed === undefined || others.length > 0) return null;
    const { plan } = planAnew(session, parsed, types, { collectEvents: false });
    return suits(parsed, plan) ? { parsed, plan } : null;
  } catch (error) {
    if (error instanceof MillraceError) return null;
    throw error;
  }
}
