import { LIMITS, MillraceError } from '@millrace/core';
import type { ParameterRows } from '@millrace/exec';
import type { ParsedStatement } from '@millrace/planner';
import { isValid } from '../prepare/plan-cache.ts';
import { planKeyOf } from '../prepare/plan-key.ts';
import { planAnew } from '../prepare/plan-statement.ts';
import type { PreparedPlan } from '../prepare/prepared-plan.ts';
import type { EnginePrepared } from '../prepare/prepared-statement.ts';
import { parseText } from '../session/parse-text.ts';
import type { Session } from '../session/session.ts';
import { insertHeadEnd, insertTemplateText, isInsertTemplate, literalsAsColumns } from './lift-insert.ts';

/** A text whose literals were lifted out: its template's plan, and the literals. */
export interface LiftedStatement {
  readonly prepared: EnginePrepared;
  readonly parsed: ParsedStatement;
  readonly rows: ParameterRows;
}

/**
 * Finds the plan of a plain-text INSERT by its template and reads the literals straight into columns:
 *
 *     insert into t (a, b) values (1, 'x'), (2, NULL)   =>   insert into t (a, b) values ($1, $2), and two columns
 *
 * Law: what a lifted statement stores is what the whole text would store; whatever might differ or fail gives null, and the text is parsed and
 * planned as if there were no lifting. So errors, with their positions, are always those of the text. A template is planned when it comes a second
 * time. `millrace.lift_literals` turns it off; so does disabling `insert-fast-path`. Counts `literals_lifted` (statements).
 */
export function liftStatement(session: Session, sql: string): LiftedStatement | null {
  if (sql.length > LIMITS.sqlBytesMax || session.transactions.state === 'failed') return null;
  const headEnd = insertHeadEnd(sql);
  if (headEnd === -1 || session.settings.get('millrace.lift_literals') !== 'on') return null;
  const { metrics } = session.services;
  const planKey = planKeyOf(session);
  const key = `${planKey}\u0000${sql.slice(0, headEnd)}`;
  const found = plannedTemplate(session, key, () => insertTemplateText(sql, headEnd));
  if (found === null) return null;
  const { parsed, plan } = found;
  const rows = literalsAsColumns(session, sql, { headEnd, plan });
  if (rows === null) return null;
  metrics.count('literals_lifted');
  const { parameterTypes, columns } = plan;
  const base = { name: '', sql: parsed.sql, isEmpty: false, endsTransaction: false, isQuery: false, declaredTypes: [] };
  return { prepared: { ...base, parsed, parameterTypes, columns, plan, planKey }, parsed, rows };
}

interface Planned {
  readonly parsed: ParsedStatement;
  readonly plan: PreparedPlan;
}

/** The template's plan if it has one that is valid now; made when the template comes again. */
function plannedTemplate(session: Session, key: string, text: () => string | null): Planned | null {
  const { literalTemplates, catalog } = session.services;
  const known = literalTemplates.get(key);
  if (known === undefined) {
    literalTemplates.put(key, { kind: 'seen' });
    return null;
  }
  if (known.kind === 'planned' && isValid(known.plan, session.catalogView())) return known;
  const template = text();
  if (template === null) return null;
  if (known.kind === 'refused' && known.catalog === catalog.byId && known.text === template) return null;
  const planned = planTemplate(session, template);
  const refused = { kind: 'refused', text: template, catalog: catalog.byId } as const;
  literalTemplates.put(key, planned === null ? refused : { kind: 'planned', ...planned });
  return planned;
}

/** Null if it cannot be planned or is not what it looked like. What is wrong with it, the whole text will say. */
function planTemplate(session: Session, text: string): Planned | null {
  try {
    const [parsed, ...others] = parseText(session.services.frontend, text);
    if (parsed === undefined || others.length > 0) return null;
    const { plan } = planAnew(session, parsed, [], { collectEvents: false });
    return isInsertTemplate(parsed, plan) ? { parsed, plan } : null;
  } catch (error) {
    if (error instanceof MillraceError) return null;
    throw error;
  }
}
