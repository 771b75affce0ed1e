import { AssertionError, type ErrorInfo, MillraceError } from './millrace-error.ts';

/** A line of the error table: SQLSTATE, and message and hint as templates. */
export interface ErrorEntry {
  readonly sqlstate: string;
  /** `{name}` is replaced by the argument of that name. */
  readonly message: string;
  readonly hint?: string;
}

/**
 * Every error that millrace raises: key, SQLSTATE (PostgreSQL manual, appendix A), message in PostgreSQL's words where it has them.
 * Law: nothing reaches a client that is not in here or an AssertionError (XX000).
 */
const TABLE = {
  // 08 protocol, 0A features
  connectionLost: { sqlstate: '08006', message: 'unexpected EOF on client connection with an open transaction' },
  protocolViolation: { sqlstate: '08P01', message: '{message}' },
  notSupported: { sqlstate: '0A000', message: '{feature} is not supported' },
  /** Where PostgreSQL has a sentence of its own. */
  notImplemented: { sqlstate: '0A000', message: '{message}' },
  notAllowedHere: { sqlstate: '0A000', message: '{message}' },
  cachedPlanChanged: { sqlstate: '0A000', message: 'cached plan must not change result type' },
  // 21 cardinality
  cardinality: { sqlstate: '21000', message: 'more than one row returned by a subquery used as an expression' },
  // 22 data
  stringTooLong: { sqlstate: '22001', message: 'value too long for type {type}' },
  outOfRange: { sqlstate: '22003', message: '{what} out of range' },
  valueOutOfRange: { sqlstate: '22003', message: 'value "{value}" is out of range for type {type}' },
  floatOutOfRange: { sqlstate: '22003', message: 'value out of range: {what}' },
  numericOverflow: { sqlstate: '22003', message: 'numeric field overflow' },
  datetimeOutOfRange: { sqlstate: '22008', message: '{what} out of range' },
  badFormat: { sqlstate: '22007', message: '{message}' },
  datetimeError: { sqlstate: '22008', message: '{message}' },
  unitNotSupported: { sqlstate: '0A000', message: 'unit "{unit}" not supported for type {type}' },
  cannotBin: { sqlstate: '0A000', message: '{message}' },
  datetimeFieldOverflow: { sqlstate: '22008', message: 'date/time field value out of range: "{value}"' },
  badDatetime: { sqlstate: '22007', message: 'invalid input syntax for type {type}: "{value}"' },
  invalidTimeZone: { sqlstate: '22023', message: 'time zone "{value}" not recognized' },
  intervalFieldOverflow: { sqlstate: '22015', message: 'interval field value out of range: "{value}"' },
  valueOutOfRangeDate: { sqlstate: '22008', message: '{what}' },
  timeZoneDisplacement: { sqlstate: '22009', message: 'time zone displacement out of range: "{value}"' },
  floatTextOutOfRange: { sqlstate: '22003', message: '"{value}" is out of range for type {type}' },
  cannotConvert: { sqlstate: '0A000', message: 'cannot convert {what} to {type}' },
  numericFormatOverflow: { sqlstate: '22003', message: 'value overflows numeric format' },
  divisionByZero: { sqlstate: '22012', message: 'division by zero' },
  invalidText: { sqlstate: '22P02', message: 'invalid input syntax for type {type}: "{value}"' },
  malformedArray: { sqlstate: '22P02', message: 'malformed array literal: "{value}"' },
  invalidBinary: { sqlstate: '22P03', message: 'incorrect binary data format in bind parameter {index}' },
  invalidBinaryValue: { sqlstate: '22P03', message: 'incorrect binary data format for type {type}' },
  unsupportedJsonbVersion: { sqlstate: '22P03', message: 'unsupported jsonb version number {version}' },
  wrongElementType: {
    sqlstate: '42804',
    message: 'binary data has array element type {oid} instead of expected {expected}',
  },
  invalidEncoding: { sqlstate: '22021', message: 'invalid byte sequence for encoding "UTF8": {bytes}' },
  untranslatable: { sqlstate: '22P05', message: 'unsupported Unicode escape sequence' },
  invalidParameterValue: { sqlstate: '22023', message: '{message}' },
  invalidRegex: { sqlstate: '2201B', message: 'invalid regular expression: {reason}' },
  invalidEscape: { sqlstate: '22025', message: 'LIKE pattern must not end with escape character' },
  invalidEscapeString: {
    sqlstate: '22025',
    message: 'invalid escape string',
    hint: 'Escape string must be empty or one character.',
  },
  badCopyData: { sqlstate: '22P04', message: '{message}' },
  incompleteBinary: { sqlstate: '08P01', message: 'insufficient data left in message' },
  excessBinary: { sqlstate: '22P03', message: 'incorrect binary data format' },
  invalidByteaText: { sqlstate: '22P02', message: 'invalid input syntax for type bytea' },
  negativeLimit: { sqlstate: '2201W', message: 'LIMIT must not be negative' },
  negativeOffset: { sqlstate: '2201X', message: 'OFFSET must not be negative' },
  negativeSubstring: { sqlstate: '22011', message: 'negative substring length not allowed' },
  invalidLogArgument: { sqlstate: '2201E', message: 'cannot take logarithm of {what}' },
  invalidPowerArgument: { sqlstate: '2201F', message: '{message}' },
  factorialOfNegative: { sqlstate: '22003', message: 'factorial of a negative number is undefined' },
  invalidBucket: { sqlstate: '2201G', message: '{message}' },
  numericOverflowFormat: { sqlstate: '22003', message: 'value overflows numeric format' },
  invalidJson: { sqlstate: '22P02', message: 'invalid input syntax for type json' },
  jsonPath: { sqlstate: '22P02', message: '{message}' },
  arraySubscript: { sqlstate: '2202E', message: '{message}' },
  invalidFrameOffset: { sqlstate: '22013', message: '{message}' },
  invalidFrameSize: { sqlstate: '22013', message: 'invalid preceding or following size in window function' },
  invalidNtileArgument: { sqlstate: '22014', message: 'argument of ntile must be greater than zero' },
  invalidNthArgument: { sqlstate: '22016', message: 'argument of nth_value must be greater than zero' },
  nullNotAllowed: { sqlstate: '22004', message: '{message}' },
  // 23 constraints
  notNullViolation: {
    sqlstate: '23502',
    message: 'null value in column "{column}" of relation "{table}" violates not-null constraint',
  },
  checkViolation: {
    sqlstate: '23514',
    message: 'new row for relation "{table}" violates check constraint "{constraint}"',
  },
  // 25 transactions
  activeTransaction: { sqlstate: '25001', message: '{what} cannot run inside a transaction block' },
  transactionModeTooLate: { sqlstate: '25001', message: 'transaction {mode} mode must be set before any query' },
  noActiveTransaction: { sqlstate: '25P01', message: 'there is no transaction in progress' },
  failedTransaction: {
    sqlstate: '25P02',
    message: 'current transaction is aborted, commands ignored until end of transaction block',
  },
  readOnlyTransaction: { sqlstate: '25006', message: 'cannot execute {command} in a read-only transaction' },
  // 26, 28, 34, 3D, 3F
  noSuchStatement: { sqlstate: '26000', message: 'prepared statement "{name}" does not exist' },
  noUnnamedStatement: { sqlstate: '26000', message: 'unnamed prepared statement does not exist' },
  invalidAuthorization: { sqlstate: '28000', message: '{message}' },
  noSuchPortal: { sqlstate: '34000', message: 'portal "{name}" does not exist' },
  noSuchDatabase: { sqlstate: '3D000', message: 'database "{name}" does not exist' },
  noSchemaToCreateIn: { sqlstate: '3F000', message: 'no schema has been selected to create in' },
  noSuchSchema: { sqlstate: '3F000', message: 'schema "{name}" does not exist' },
  // 40
  serializationFailure: { sqlstate: '40001', message: '{message}' },
  // 42 syntax and names
  syntaxError: { sqlstate: '42601', message: '{message}' },
  insufficientPrivilege: { sqlstate: '42501', message: '{message}' },
  cannotCoerce: { sqlstate: '42846', message: 'cannot cast type {from} to {to}' },
  cannotUnify: { sqlstate: '42846', message: '{construct} could not convert type {from} to {to}' },
  groupingError: {
    sqlstate: '42803',
    message: 'column "{name}" must appear in the GROUP BY clause or be used in an aggregate function',
  },
  windowingError: { sqlstate: '42P20', message: '{message}' },
  misplacedAggregate: { sqlstate: '42803', message: '{message}' },
  undefinedColumn: { sqlstate: '42703', message: 'column {name} does not exist' },
  undefinedFunction: {
    sqlstate: '42883',
    message: '{what} does not exist',
    hint: 'No {kind} matches the given name and argument types. You might need to add explicit type casts.',
  },
  undefinedOperator: {
    sqlstate: '42883',
    message: 'operator does not exist: {what}',
    hint: 'No operator matches the given name and argument types. You might need to add explicit type casts.',
  },
  undefinedPrefixOperator: {
    sqlstate: '42883',
    message: 'operator does not exist: {what}',
    hint: 'No operator matches the given name and argument type. You might need to add an explicit type cast.',
  },
  noOperatorFor: { sqlstate: '42883', message: 'could not identify {what} operator for type {type}' },
  ambiguousOperator: {
    sqlstate: '42725',
    message: 'operator is not unique: {what}',
    hint: 'Could not choose a best candidate operator. You might need to add explicit type casts.',
  },
  ambiguousParameter: { sqlstate: '42P08', message: '{message}' },
  ambiguousInUsing: { sqlstate: '42702', message: '{message}' },
  duplicateInUsing: { sqlstate: '42701', message: '{message}' },
  undefinedUsingColumn: { sqlstate: '42703', message: 'column {what} does not exist in {side} table' },
  ambiguousAlias: { sqlstate: '42702', message: '{clause} "{name}" is ambiguous' },
  invalidFromReference: { sqlstate: '42P01', message: 'invalid reference to FROM-clause entry for table "{name}"' },
  undefinedTable: { sqlstate: '42P01', message: 'relation "{name}" does not exist' },
  undefinedTableToDrop: { sqlstate: '42P01', message: 'table "{name}" does not exist' },
  missingFrom: { sqlstate: '42P01', message: 'missing FROM-clause entry for table "{name}"' },
  undefinedParameter: { sqlstate: '42P02', message: 'there is no parameter {parameter}' },
  undefinedObject: { sqlstate: '42704', message: '{message}' },
  duplicateFunction: { sqlstate: '42723', message: 'function "{id}" is defined already' },
  duplicateColumn: { sqlstate: '42701', message: 'column "{name}" specified more than once' },
  systemColumn: { sqlstate: '42701', message: '{message}' },
  duplicateStatement: { sqlstate: '42P05', message: 'prepared statement "{name}" already exists' },
  duplicatePortal: { sqlstate: '42P03', message: 'cursor "{name}" already exists' },
  duplicateTable: { sqlstate: '42P07', message: 'relation "{name}" already exists' },
  duplicateWith: { sqlstate: '42712', message: '{message}' },
  duplicateAlias: { sqlstate: '42712', message: 'table name "{name}" specified more than once' },
  ambiguousColumn: { sqlstate: '42702', message: 'column reference "{name}" is ambiguous' },
  ambiguousFunction: {
    sqlstate: '42725',
    message: '{what} is not unique',
    hint: 'Could not choose a best candidate {kind}. You might need to add explicit type casts.',
  },
  indeterminateType: { sqlstate: '42P18', message: 'could not determine data type of parameter {parameter}' },
  indeterminateArray: {
    sqlstate: '42P18',
    message: 'cannot determine type of empty array',
    hint: 'Explicitly cast to the desired type, for example ARRAY[]::integer[].',
  },
  typeMismatch: { sqlstate: '42804', message: '{message}' },
  wrongObjectType: { sqlstate: '42809', message: '{message}' },
  invalidColumnReference: { sqlstate: '42P10', message: '{message}' },
  invalidTableDefinition: { sqlstate: '42P16', message: '{message}' },
  invalidObjectDefinition: { sqlstate: '42P17', message: '{message}' },
  generatedAlways: { sqlstate: '428C9', message: 'cannot insert a non-DEFAULT value into column "{name}"' },
  invalidName: { sqlstate: '42602', message: '{message}' },
  reservedName: { sqlstate: '42939', message: '{message}' },
  // 53, 54 resources and limits
  diskFull: { sqlstate: '53100', message: 'could not write {what}: no space left on device' },
  outOfMemory: {
    sqlstate: '53200',
    message: 'out of memory: {what} needs {requestedBytes} bytes and {availableBytes} of {limitBytes} are left',
    hint: 'Make the statement smaller, add a filter or a limit, or raise the memory budget.',
  },
  tooManyConnections: { sqlstate: '53300', message: 'sorry, too many clients already' },
  configurationLimit: { sqlstate: '53400', message: '{message}' },
  programLimit: { sqlstate: '54000', message: '{message}' },
  tooComplex: {
    sqlstate: '54001',
    message: 'statement is too deeply nested',
    hint: 'Split the statement, or nest its expressions less deeply.',
  },
  tooManyColumns: { sqlstate: '54011', message: '{message}' },
  // 55, 57, 58
  notInPrerequisiteState: { sqlstate: '55000', message: '{message}' },
  cannotChangeSetting: { sqlstate: '55P02', message: 'parameter "{name}" cannot be changed' },
  objectInUse: { sqlstate: '55006', message: '{message}' },
  queryCanceled: { sqlstate: '57014', message: 'canceling statement due to user request' },
  copyFailed: { sqlstate: '57014', message: 'COPY from stdin failed: {reason}' },
  statementTimeout: { sqlstate: '57014', message: 'canceling statement due to statement timeout' },
  adminShutdown: { sqlstate: '57P01', message: 'terminating connection due to administrator command' },
  startingUp: { sqlstate: '57P03', message: 'the database system is starting up' },
  shuttingDown: { sqlstate: '57P03', message: 'the database system is shutting down' },
  ioError: { sqlstate: '58030', message: '{message}' },
  // F0 configuration
  configuration: { sqlstate: 'F0000', message: '{message}' },
  // XX
  internal: { sqlstate: 'XX000', message: '{message}' },
  dataCorrupted: { sqlstate: 'XX001', message: '{message}' },
} as const;

/** The names of the table's errors. */
export type ErrorKey = keyof typeof TABLE;

/** The table, for whoever lists or documents errors; raising one is `failure`. */
export const ERRORS: Readonly<Record<ErrorKey, ErrorEntry>> = Object.freeze(TABLE);

/**
 * Makes an error of the table; the caller throws it: `throw failure('undefinedTable', { name }, { position })`.
 * A `{name}` of the template without an argument is a bug and says so.
 */
export function failure(
  key: ErrorKey,
  args: Readonly<Record<string, string | number | bigint>> = {},
  info: ErrorInfo = {},
): MillraceError {
  const entry = ERRORS[key];
  const fill = (template: string): string =>
    template.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = args[name];
      if (value === undefined) throw new AssertionError(`error ${key} needs the argument ${name}`);
      return String(value);
    });
  const hint = info.hint ?? (entry.hint === undefined ? undefined : fill(entry.hint));
  return new MillraceError(key, entry.sqlstate, fill(entry.message), { ...info, hint });
}

/** The same error, pointing at a place of the statement (1-based, in characters); for errors that were raised without knowing it. */
export function withPosition(error: MillraceError, position: number | undefined): MillraceError {
  return new MillraceError(error.key, error.sqlstate, error.message, { ...error.info, position });
}

/** The same error, saying where in the data it happened; one that knows keeps what it says. */
export function withWhere(error: MillraceError, where: string | undefined): MillraceError {
  if (where === undefined || error.info.where !== undefined) return error;
  return new MillraceError(error.key, error.sqlstate, error.message, { ...error.info, where });
}

/** Any thrown thing as the error a client gets: itself, 54001 for an exhausted stack, XX000 for the rest. */
export function asMillraceError(error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  if (error instanceof RangeError && /call stack/i.test(error.message))
    return failure('tooComplex', {}, { cause: error });
  if (error instanceof Error && error.name === 'AbortError') return failure('queryCanceled', {}, { cause: error });
  return failure('internal', { message: error instanceof Error ? error.message : String(error) }, { cause: error });
}
