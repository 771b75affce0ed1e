import type { FunctionRegistry } from '../functions/registry.ts';
import type { Value } from '../types/value.ts';
import type { FormatSettings, ParameterValue } from './query-handler.ts';

/** What an expression may read besides its columns; one per statement execution. */
export interface EvaluationContext {
  /** `now()`, `current_timestamp`: start of the transaction, microseconds since 1970 UTC. */
  readonly transactionMicros: bigint;
  /** `statement_timestamp()`. */
  readonly statementMicros: bigint;
  /** `clock_timestamp()`. */
  clockMicros(): bigint;
  /** `random()`. */
  random(): number;
  /** `gen_random_uuid()`. */
  uuid(): string;
  readonly format: FormatSettings;
  /** $1 is parameters[0]. */
  readonly parameters: readonly ParameterValue[];
  /** Where calls find their kernels by id; `standardFunctions` if left out. */
  readonly functions?: FunctionRegistry;
  /** Session facts for `current_user`, `current_setting` and the catalog functions; keys are function specific. */
  readonly session: SessionFacts;
}

/** What functions may ask about the session; the engine implements it, tests give literals. */
export interface SessionFacts {
  readonly user: string;
  readonly database: string;
  readonly processId: number;
  readonly searchPath: readonly string[];
  /** undefined if there is no such setting. */
  setting(name: string): string | undefined;
  /** `set_config`; returns the new value. */
  setSetting(name: string, value: string, isLocal: boolean): string;
  /** Catalog look-ups by OID or name for regclass, pg_table_is_visible, obj names ...; undefined if unknown. */
  catalog(question: string, argument: Value): Value | undefined;
}
