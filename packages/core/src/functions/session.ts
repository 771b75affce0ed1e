import { failure } from '../errors/table.ts';
import type { EvaluationContext } from '../ports/evaluation-context.ts';
import { arrayOf, type DataType, types } from '../types/data-type.ts';
import { oidOf } from '../types/oid.ts';
import type { Value } from '../types/value.ts';
import { defineScalarFunction, type FunctionDefinition } from './definition.ts';
import { safe } from './shorthand.ts';

const { name, text, int4 } = types;

function fact(
  names: readonly string[],
  returns: DataType,
  read: (context: EvaluationContext) => Value,
): FunctionDefinition[] {
  return names.map((functionName) =>
    defineScalarFunction({
      name: functionName,
      args: [],
      returns,
      volatility: 'stable',
      mayFail: false,
      row: (_, context) => read(context),
    }),
  );
}

function setting(context: EvaluationContext, key: string, isMissingOk: boolean): string | null {
  const value = context.session.setting(key);
  if (value !== undefined) return value;
  if (isMissingOk) return null;
  throw failure('undefinedObject', { message: `unrecognized configuration parameter "${key}"` });
}

/** The schemas of the search path, pg_catalog first where it is searched without being named. */
function schemas(context: EvaluationContext, withImplicit: boolean): readonly string[] {
  const { searchPath } = context.session;
  if (withImplicit) return searchPath.includes('pg_catalog') ? searchPath : ['pg_catalog', ...searchPath];
  return searchPath[0] === 'pg_catalog' && searchPath.length > 1 ? searchPath.slice(1) : searchPath;
}

/** What is known about the session (PostgreSQL manual 9.26), settings, and pg_typeof. */
export const sessionFunctions: readonly FunctionDefinition[] = [
  ...fact(['current_user', 'session_user', 'user', 'current_role'], name, (context) => context.session.user),
  ...fact(['current_database', 'current_catalog'], name, (context) => context.session.database),
  ...fact(['current_schema'], name, (context) => schemas(context, false)[0] ?? null),
  ...fact(['pg_backend_pid'], int4, (context) => context.session.processId),
  ...fact(
    ['version'],
    text,
    (context) => context.session.setting('millrace.version_text') ?? 'PostgreSQL 15.0 (millrace)',
  ),
  defineScalarFunction({
    name: 'current_schemas',
    args: ['bool'],
    returns: arrayOf(name),
    volatility: 'stable',
    mayFail: false,
    row: ([withImplicit], context) => schemas(context, withImplicit === true),
  }),
  defineScalarFunction({
    name: 'current_setting',
    args: ['text', 'bool'],
    optionalArgs: 1,
    returns: text,
    volatility: 'stable',
    row: ([key, isMissingOk], context) => setting(context, key as string, isMissingOk === true),
  }),
  defineScalarFunction({
    name: 'set_config',
    args: ['text', 'text', 'bool'],
    returns: text,
    volatility: 'volatile',
    strict: false,
    row: ([key, value, isLocal], context) => {
      if (key === null) throw failure('nullNotAllowed', { message: 'SET requires parameter name' });
      return context.session.setSetting(key as string, (value ?? '') as string, isLocal === true);
    },
  }),
  defineScalarFunction({
    name: 'pg_typeof',
    args: ['any'],
    returns: types.regtype,
    volatility: 'stable',
    strict: false,
    mayFail: false,
    row: (_, _context, call) => oidOf(call.args[0]!),
  }),
  ...['num_nulls', 'num_nonnulls'].map((functionName) =>
    safe<Value[]>(
      functionName,
      ['any', 'any'],
      int4,
      (...values) => values.filter((value) => (value === null) === (functionName === 'num_nulls')).length,
      { variadic: true, strict: false },
    ),
  ),
];
