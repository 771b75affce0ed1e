import { failure, formatType, type StatementResult, type Value } from '@millrace/core';
import { type AstStatement, bindScalar } from '@millrace/planner';
import { evaluateScalar } from '../prepare/evaluate-scalar.ts';
import { bindEnvironment } from '../prepare/plan-statement.ts';
import { unlessAborted } from '../prepare/statement-signal.ts';
import type { Procedure } from './procedures.ts';
import { commandResult } from './results.ts';
import type { RunContext } from './run-statement.ts';

type CallStatement = Extract<AstStatement, { readonly kind: 'call' }>;

/** CALL procedure(arguments), positional or by name. 42883 if there is none that fits. */
export async function runCall(context: RunContext, statement: CallStatement): Promise<StatementResult> {
  const { session } = context;
  const name = statement.name.at(-1) ?? '';
  const procedure = session.services.procedures.get(name.toLowerCase());
  if (procedure === undefined) {
    const args = statement.args.length === 0 ? '' : '...';
    const position = statement.at === null ? undefined : statement.at + 1;
    throw failure('undefinedFunction', { what: `procedure ${name}(${args})`, kind: 'procedure' }, { position });
  }
  const values = argumentValues(context, statement, procedure);
  await unlessAborted(procedure.call(session, values, context.signal), context.signal);
  return commandResult('CALL');
}

function argumentValues(context: RunContext, statement: CallStatement, procedure: Procedure): readonly Value[] {
  const values: Value[] = procedure.parameters.map(() => null);
  const given = new Set<number>();
  for (const [index, arg] of statement.args.entries()) {
    const argName = statement.argNames[index] ?? null;
    const position =
      argName === null ? index : procedure.parameters.findIndex((parameter) => parameter.name === argName);
    const parameter = procedure.parameters[position];
    if (parameter === undefined || given.has(position)) throw noSuchProcedure(procedure);
    given.add(position);
    const expr = bindScalar(arg, parameter.type, bindEnvironment(context.session, []));
    values[position] = evaluateScalar(context.session, expr);
  }
  if (procedure.parameters.some((parameter, index) => !parameter.isOptional && !given.has(index))) {
    throw noSuchProcedure(procedure);
  }
  return values;
}

function noSuchProcedure(procedure: Procedure): Error {
  const signature = procedure.parameters
    .map((parameter) => `${parameter.name} ${formatType(parameter.type)}`)
    .join(', ');
  return failure(
    'undefinedFunction',
    { what: `procedure ${procedure.name} with these arguments`, kind: 'procedure' },
    { hint: `Its arguments are (${signature}).` },
  );
}
