import { COMMIT_LEVELS, failure, LIMITS } from '@millrace/core';
import { canonicalTimeZone } from './time-zone.ts';

/** A setting: its name as PostgreSQL prints it, its default, and what it accepts. */
export interface SettingDefinition {
  readonly name: string;
  readonly default: string;
  readonly description: string;
  /** Sent as ParameterStatus at the start and whenever it changes. */
  readonly isReported: boolean;
  /** Returns the canonical value, or throws 22023/0A000/55P02. */
  readonly accept: (value: string, name: string) => string;
  /** As SHOW prints the canonical value; the value itself where left out. */
  readonly show?: (value: string) => string;
}

type Accept = SettingDefinition['accept'];

const invalid = (name: string, value: string, hint?: string): never => {
  throw failure('invalidParameterValue', { message: `invalid value for parameter "${name}": "${value}"` }, { hint });
};
const anything: Accept = (value) => value;
const fixed: Accept = (_, name) => {
  throw failure('cannotChangeSetting', { name });
};
const boolean: Accept = (value, name) => {
  const text = value.trim().toLowerCase();
  if (['on', 'true', 'yes', '1', 't', 'y'].includes(text)) return 'on';
  if (['off', 'false', 'no', '0', 'f', 'n'].includes(text)) return 'off';
  throw failure('invalidParameterValue', { message: `parameter "${name}" requires a Boolean value` });
};
const oneOf =
  (...values: readonly string[]): Accept =>
  (value, name) => {
    const text = value.trim().toLowerCase();
    return (
      values.find((candidate) => candidate.toLowerCase() === text) ??
      invalid(name, value, `Available values: ${values.join(', ')}.`)
    );
  };
const integer =
  (min: number, max: number): Accept =>
  (value, name) => {
    const number = Number(value.trim());
    if (value.trim() === '' || !Number.isInteger(number)) return invalid(name, value);
    if (number < min || number > max) {
      throw failure('invalidParameterValue', {
        message: `${number} is outside the valid range for parameter "${name}" (${min} .. ${max})`,
      });
    }
    return String(number);
  };
/** Only this value works; PostgreSQL would accept others, so they are refused by name and not ignored. */
const onlySupported =
  (...values: readonly string[]): Accept =>
  (value, name) => {
    const text = value.trim().toLowerCase().replace(/\s+/g, ' ');
    const match = values.find((candidate) => candidate.toLowerCase() === text);
    if (match === undefined) throw failure('notSupported', { feature: `${name} = '${value}'` });
    return match;
  };
const UNIT_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const MILLISECONDS_MAX = 2_147_483_647;
const milliseconds: Accept = (value, name) => {
  const [, number, unit = 'ms'] = /^\s*([+-]?\d+(?:\.\d+)?)\s*([a-zA-Z]+)?\s*$/.exec(value) ?? [];
  if (number === undefined) return invalid(name, value);
  const factor = UNIT_MS[unit];
  if (factor === undefined) {
    return invalid(name, value, 'Valid units for this parameter are "us", "ms", "s", "min", "h", and "d".');
  }
  const duration = Math.round(Number(number) * factor);
  if (duration < 0 || duration > MILLISECONDS_MAX) {
    const message = `${duration} ms is outside the valid range for parameter "${name}" (0 .. ${MILLISECONDS_MAX})`;
    throw failure('invalidParameterValue', { message });
  }
  return String(duration);
};
/** As SHOW prints a duration: in the largest unit that divides it. */
const showMilliseconds = (value: string): string => {
  const unit = ['d', 'h', 'min', 's'].find((each) => value !== '0' && Number(value) % UNIT_MS[each]! === 0);
  return value === '0' ? '0' : unit === undefined ? `${value}ms` : `${Number(value) / UNIT_MS[unit]!}${unit}`;
};
const noTimeout: Accept = (value, name) => {
  if (milliseconds(value, name) !== '0') throw failure('notSupported', { feature: `${name} other than 0` });
  return '0';
};
const encoding: Accept = (value, name) => {
  const text = value.trim().toUpperCase().replace(/[-_]/g, '');
  if (text === 'UTF8' || text === 'UNICODE') return 'UTF8';
  throw failure(
    'invalidParameterValue',
    { message: `invalid value for parameter "${name}": "${value}"` },
    { hint: 'Only UTF8 is supported.' },
  );
};
const dateStyle: Accept = (value, name) => {
  const words = value
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== '');
  if (words.length > 0 && words.every((word) => ['iso', 'mdy', 'us', 'default'].includes(word))) return 'ISO, MDY';
  const styles = ['iso', 'mdy', 'dmy', 'ymd', 'us', 'sql', 'postgres', 'german', 'european', 'default'];
  const unknown = words.find((word) => !styles.includes(word));
  if (unknown === undefined) throw failure('notSupported', { feature: `${name} other than "ISO, MDY"` });
  throw failure(
    'invalidParameterValue',
    { message: `invalid value for parameter "${name}": "${value}"` },
    { detail: `Unrecognized key word: "${unknown}".` },
  );
};

function define(
  name: string,
  value: string,
  description: string,
  accept: Accept,
  isReported = false,
): SettingDefinition {
  return { name, default: value, description, accept, isReported };
}

/** PostgreSQL's version as clients parse it; drivers branch on it. */
export const SERVER_VERSION = '15.0 (millrace 0.1.0)';

/** Every setting that exists. An unknown name is an error (42704), except custom names with a dot outside `millrace.`. */
export const SETTING_DEFINITIONS: readonly SettingDefinition[] = Object.freeze([
  define('application_name', '', 'The name a client gives itself.', anything, true),
  define('bytea_output', 'hex', 'Output format of bytea.', oneOf('hex', 'escape')),
  define('check_function_bodies', 'on', 'Accepted for compatibility; there are no user functions in SQL.', boolean),
  define('client_encoding', 'UTF8', 'The client character set encoding.', encoding, true),
  define(
    'client_min_messages',
    'notice',
    'Least severity of messages sent to the client.',
    oneOf('debug5', 'debug4', 'debug3', 'debug2', 'debug1', 'log', 'notice', 'warning', 'error'),
  ),
  define('DateStyle', 'ISO, MDY', 'Display format of dates.', dateStyle, true),
  define(
    'default_transaction_isolation',
    'read committed',
    'Isolation level of new transactions.',
    onlySupported('read committed'),
  ),
  define('default_transaction_read_only', 'off', 'Whether new transactions are read-only.', boolean, true),
  define(
    'extra_float_digits',
    '1',
    'Digits of floating-point output; above 0 is the shortest exact text.',
    integer(-15, 3),
  ),
  define('idle_in_transaction_session_timeout', '0', 'Not supported other than 0.', noTimeout),
  define('in_hot_standby', 'off', 'Whether this is a standby.', fixed, true),
  define('integer_datetimes', 'on', 'Timestamps are 64-bit integers.', fixed, true),
  define('IntervalStyle', 'postgres', 'Display format of intervals.', onlySupported('postgres'), true),
  define('is_superuser', 'on', 'Whether the user may do everything.', fixed, true),
  define('lc_collate', 'C', 'Text is ordered by its UTF-8 bytes.', fixed),
  define('lc_ctype', 'C.UTF-8', 'Character classification.', fixed),
  define('lock_timeout', '0', 'Not supported other than 0; nothing waits for locks.', noTimeout),
  define('max_identifier_length', String(LIMITS.identifierBytesMax), 'Longest identifier, in bytes.', fixed),
  define(
    'millrace.commit_level',
    'durable',
    'What is true of a transaction when it is acknowledged: buffered (written), durable (on disk) or delta (committed in Delta).',
    oneOf(...COMMIT_LEVELS),
    true,
  ),
  define('millrace.disabled_rules', '', "Optimizer rules not to use: 'a,b' or 'all'.", anything),
  define('millrace.batch_rows', String(LIMITS.batchRows), 'Rows per batch while a query runs.', integer(1, 65_536)),
  define(
    'millrace.lift_literals',
    'on',
    'Whether a plain text finds its plan by the text without its literals, from the second time on; eager: from the first.',
    (value, name) => (value.trim().toLowerCase() === 'eager' ? 'eager' : boolean(value, name)),
  ),
  define(
    'millrace.hash_mask',
    '-1',
    'Bits of its hashes that a hash table looks at: 0 makes all keys collide, for tests.',
    integer(-1, 0x7fff_ffff),
  ),
  define('search_path', '"$user", public', 'Schemas to search for names.', anything),
  define('server_encoding', 'UTF8', 'The server character set encoding.', fixed, true),
  define('server_version', SERVER_VERSION, 'The version of PostgreSQL whose behaviour is followed.', fixed, true),
  define('server_version_num', '150000', 'The same as a number.', fixed),
  define('session_authorization', '', 'The user of the session.', fixed, true),
  define(
    'standard_conforming_strings',
    'on',
    "Backslashes in '...' are ordinary characters.",
    onlySupported('on'),
    true,
  ),
  {
    ...define('statement_timeout', '0', 'Milliseconds after which a statement is cancelled; 0 = never.', milliseconds),
    show: showMilliseconds,
  },
  define(
    'synchronous_commit',
    'on',
    'Accepted for compatibility; what a commit waits for is millrace.commit_level.',
    onlySupported('on', 'local', 'remote_write', 'remote_apply'),
  ),
  define(
    'TimeZone',
    'UTC',
    'The time zone for display and input.',
    (value, name) => canonicalTimeZone(value) ?? invalid(name, value),
    true,
  ),
  define(
    'transaction_isolation',
    'read committed',
    'Isolation level of the transaction.',
    onlySupported('read committed'),
  ),
  define('transaction_read_only', 'off', 'Whether the transaction is read-only.', boolean),
  define('row_security', 'on', 'Accepted for compatibility.', boolean),
  define('escape_string_warning', 'on', 'Accepted for compatibility.', boolean),
  define('xmloption', 'content', 'Accepted for compatibility.', oneOf('content', 'document')),
]);
