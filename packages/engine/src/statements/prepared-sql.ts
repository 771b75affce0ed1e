import { failure, oidOf, type ParameterValue, type StatementResult } from '@millrace/core';
import { type AstStatement, bindScalar, typeFromAst } from '@millrace/planner';
import { evaluateScalar } from '../prepare/evaluate-scalar.ts';
import { bindEnvironment } from '../prepare/plan-statement.ts';
import { type EnginePrepared, prepareStatement } from '../prepare/prepared-statement.ts';
import type { Session } from '../session/session.ts';
import { commandResult } from './results.ts';
import { isInBlock } from './settings.ts';

type AstOf<K extends AstStatement['kind']> = Extract<AstStatement, { readonly kind: K }>;

/** PREPARE name (types) AS statement. */
export function runPrepare(session: Session, statement: AstOf<'prepare'>): StatementResult {
  if (session.statementNames.includes(statement.name)) throw failure('duplicateStatement', { name: statement.name });
  const oids = statement.parameterTypes.map((type) => oidOf(typeFromAst(type)));
  const parsed = { statement: statement.statement, sql: statement.sql, offset: 0, parameterCount: 0 };
  session.addStatement(statement.name, prepareStatement(session, parsed, oids, { name: statement.name }));
  return commandResult('PREPARE');
}

/** What EXECUTE runs: the statement of that name, with its arguments, which are column-free expressions of the parameters' types. */
export function executedStatement(
  session: Session,
  statement: AstOf<'execute'>,
): { readonly prepared: EnginePrepared; readonly parameters: readonly ParameterValue[] } {
  const prepared = session.statement(statement.name);
  if (prepared.parameterTypes.length !== statement.args.length) {
    throw failure(
      'syntaxError',
      { message: `wrong number of parameters for prepared statement "${statement.name}"` },
      { detail: `Expected ${prepared.parameterTypes.length} parameters but got ${statement.args.length}.` },
    );
  }
  const parameters = statement.args.map((arg, index): ParameterValue => {
    const expr = bindScalar(arg, prepared.parameterTypes[index] ?? null, bindEnvironment(session, []));
    return { kind: 'value', value: evaluateScalar(session, expr) };
  });
  return { prepared, parameters };
}

/** DEALLOCATE name | ALL. */
export function runDeallocate(session: Session, name: string | null): StatementResult {
  if (name === null) {
    session.closeAllStatements();
    return commandResult('DEALLOCATE ALL');
  }
  session.statement(name);
  session.closeStatement(name);
  return commandResult('DEALLOCATE');
}

/** DISCARD ALL | PLANS | TEMP | SEQUENCES. */
export function runDiscard(session: Session, what: string): StatementResult {
  if (what.toUpperCase() === 'ALL') {
    if (isInBlock(session)) throw failure('activeTransaction', { what: 'DISCARD ALL' });
    session.closeAllStatements();
    session.settings.resetAll();
  }
  return commandResult(`DISCARD ${what.toUpperCase()}`);
}
