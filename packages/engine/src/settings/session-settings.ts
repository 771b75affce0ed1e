import { type FormatSettings, failure, LIMITS } from '@millrace/core';
import { SETTING_DEFINITIONS, type SettingDefinition } from './definitions.ts';

const BY_NAME: ReadonlyMap<string, SettingDefinition> = new Map(
  SETTING_DEFINITIONS.map((definition) => [definition.name.toLowerCase(), definition]),
);

/** A custom setting such as `myapp.user`, kept as text as PostgreSQL does. */
function customDefinition(name: string): SettingDefinition {
  return { name, default: '', description: 'custom setting', isReported: false, accept: (value) => value };
}

/** What must hold for a setting besides its own syntax, by name in lower case; throws otherwise. */
export type SettingChecks = Readonly<Record<string, (value: string) => void>>;

/** A deployment's defaults as sessions take them: known names, canonical values. Throws what SET would. */
export function canonicalDefaults(
  defaults: ReadonlyMap<string, string>,
  checks: SettingChecks,
): ReadonlyMap<string, string> {
  const settings = new SessionSettings({ defaults: new Map(), startup: [...defaults], user: '', checks });
  return new Map([...defaults.keys()].map((name) => [name.toLowerCase(), settings.get(name)]));
}

/**
 * The settings of one session with PostgreSQL's life times: SET lasts for the session, but is undone when its transaction rolls back;
 * SET LOCAL ends with the transaction.
 */
export class SessionSettings {
  /** What RESET goes back to where it is not the definition's default. */
  readonly #defaults: Map<string, string>;
  readonly #checks: SettingChecks;
  #values = new Map<string, string>();
  readonly #custom = new Map<string, SettingDefinition>();
  /** Values to go back to: when the transaction rolls back, and when it ends. */
  #beforeTransaction: Map<string, string> | null = null;
  readonly #localBefore = new Map<string, string | undefined>();
  readonly #reportedBefore = new Map<string, string>();

  /** `defaults` are canonical (`canonicalDefaults`). `startup` are the client's, refused as SET would; RESET goes back to them, as in PostgreSQL. */
  constructor(options: {
    readonly defaults: ReadonlyMap<string, string>;
    readonly startup: readonly (readonly [name: string, value: string])[];
    readonly user: string;
    readonly checks: SettingChecks;
  }) {
    this.#defaults = new Map(options.defaults).set('session_authorization', options.user);
    this.#checks = options.checks;
    for (const name of options.defaults.keys()) if (!this.has(name)) this.#addCustom(name);
    for (const [name, value] of options.startup) this.set(name, value, { isLocal: false });
    for (const [key, value] of this.#values) this.#defaults.set(key, value);
    this.#values.clear();
  }

  /** 42704 for a name that does not exist. */
  definition(name: string): SettingDefinition {
    const key = name.toLowerCase();
    const definition = BY_NAME.get(key) ?? this.#custom.get(key);
    if (definition) return definition;
    const hint = key.startsWith('millrace.') ? `Settings of millrace: ${millraceNames().join(', ')}.` : undefined;
    throw failure('undefinedObject', { message: `unrecognized configuration parameter "${name}"` }, { hint });
  }

  has(name: string): boolean {
    return BY_NAME.has(name.toLowerCase()) || this.#custom.has(name.toLowerCase());
  }

  get(name: string): string {
    const definition = this.definition(name);
    const key = definition.name.toLowerCase();
    return this.#values.get(key) ?? this.#defaults.get(key) ?? definition.default;
  }

  /** The value as SHOW and current_setting print it. */
  shown(name: string): string {
    return this.definition(name).show?.(this.get(name)) ?? this.get(name);
  }

  /** SET; 42704, 42602, 22023, 55P02 or 0A000 if refused. `null` = back to the default. */
  set(name: string, value: string | null, options: { readonly isLocal: boolean }): string {
    if (!this.has(name) && name.includes('.') && !name.toLowerCase().startsWith('millrace.')) this.#addCustom(name);
    const definition = this.definition(name);
    const key = definition.name.toLowerCase();
    const canonical = value === null ? null : definition.accept(value, definition.name);
    this.#checks[key]?.(canonical ?? this.#defaults.get(key) ?? definition.default);
    if (options.isLocal && !this.#localBefore.has(key)) this.#localBefore.set(key, this.#values.get(key));
    if (!options.isLocal) this.#localBefore.delete(key);
    if (canonical === null) this.#values.delete(key);
    else this.#values.set(key, canonical);
    return this.get(name);
  }

  #addCustom(name: string): void {
    if (!/^[a-z_\u0080-\uffff][\w$\u0080-\uffff]*(\.[a-z_\u0080-\uffff][\w$\u0080-\uffff]*)+$/i.test(name)) {
      throw failure(
        'invalidName',
        { message: `invalid configuration parameter name "${name}"` },
        { detail: 'Custom parameter names must be two or more simple identifiers separated by dots.' },
      );
    }
    if (this.#custom.size >= LIMITS.customSettingsMax) {
      throw failure('configurationLimit', {
        message: `a session may have ${LIMITS.customSettingsMax} custom settings`,
      });
    }
    this.#custom.set(name.toLowerCase(), customDefinition(name));
  }

  /** What the server decides (transaction_read_only): not subject to `accept`. */
  setInternal(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), value);
  }

  /** RESET ALL: everything but the mode of the transaction, as in PostgreSQL. */
  resetAll(): void {
    for (const key of [...this.#values.keys()]) {
      if (key === 'transaction_read_only' || key === 'transaction_isolation') continue;
      this.#values.delete(key);
      this.#localBefore.delete(key);
    }
  }

  beginTransaction(): void {
    this.#beforeTransaction = new Map(this.#values);
    this.#localBefore.clear();
  }

  endTransaction(committed: boolean): void {
    if (!committed && this.#beforeTransaction) {
      this.#values = this.#beforeTransaction;
    } else {
      for (const [key, value] of this.#localBefore) {
        if (value === undefined) this.#values.delete(key);
        else this.#values.set(key, value);
      }
    }
    this.#beforeTransaction = null;
    this.#localBefore.clear();
  }

  /** The reported settings that changed since the last call (all of them at the first). */
  takeReports(): (readonly [string, string])[] {
    const reports: (readonly [string, string])[] = [];
    for (const definition of SETTING_DEFINITIONS) {
      if (!definition.isReported) continue;
      const value = this.get(definition.name);
      if (this.#reportedBefore.get(definition.name) === value) continue;
      this.#reportedBefore.set(definition.name, value);
      reports.push([definition.name, value]);
    }
    return reports;
  }

  /** Every setting for SHOW ALL and pg_settings, sorted by name; custom ones are in neither, as in PostgreSQL. */
  all(): readonly { readonly definition: SettingDefinition; readonly value: string }[] {
    return SETTING_DEFINITIONS.map((definition) => ({ definition, value: this.get(definition.name) })).sort((a, b) =>
      a.definition.name.toLowerCase() < b.definition.name.toLowerCase() ? -1 : 1,
    );
  }

  get format(): FormatSettings {
    return {
      timeZone: this.get('TimeZone'),
      dateStyle: 'ISO',
      intervalStyle: 'postgres',
      byteaOutput: this.get('bytea_output') === 'escape' ? 'escape' : 'hex',
      extraFloatDigits: Number(this.get('extra_float_digits')),
    };
  }

  /** The schemas of search_path, `"$user"` replaced, quotes removed. */
  searchPath(user: string): readonly string[] {
    return splitIdentifiers(this.get('search_path')).map((name) => (name === '$user' ? user : name));
  }
}

function millraceNames(): readonly string[] {
  return SETTING_DEFINITIONS.map((definition) => definition.name).filter((name) => name.startsWith('millrace.'));
}

/** Splits `a, "B c"` into names as PostgreSQL's SplitIdentifierString does: unquoted ones fold to lower case. */
function splitIdentifiers(text: string): readonly string[] {
  const names: string[] = [];
  for (const match of text.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)) {
    names.push(match[1] === undefined ? (match[2] ?? '').toLowerCase() : match[1].replaceAll('""', '"'));
  }
  return names.filter((name) => name !== '');
}
