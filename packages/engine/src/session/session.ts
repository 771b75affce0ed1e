import {
  asMillraceError,
  type FormatSettings,
  failure,
  LIMITS,
  type MillraceError,
  type Notice,
  type ParameterValue,
  type PreparedStatement,
  type QuerySession,
  type RecordBatch,
  type SessionStartup,
  type StatementResult,
  type TransactionStatus,
} from '@millrace/core';
import type { ParsedStatement } from '@millrace/planner';
import { catalogAnswer } from '../catalog/catalog-questions.ts';
import type { CatalogView } from '../catalog/catalog-view.ts';
import { ViewCache } from '../catalog/view-cache.ts';
import { runLifted } from '../lift/lift-statement.ts';
import { type EnginePrepared, prepareStatement } from '../prepare/prepared-statement.ts';
import type { EngineServices } from '../services.ts';
import { SessionSettings } from '../settings/session-settings.ts';
import { emptyResult } from '../statements/results.ts';
import { runStatement } from '../statements/run-statement.ts';
import type { CommitCoordinator } from '../transaction/commit-coordinator.ts';
import type { TableUse } from '../transaction/table-use.ts';
import { withOffset } from './error-position.ts';
import { type AtEnd, answer, guardResult } from './guard-result.ts';
import { parseText } from './parse-text.ts';
import { requireNoParameters } from './require-no-parameters.ts';
import { SessionNotices } from './session-notices.ts';
import { SessionTransactions } from './session-transactions.ts';

/** What the engine's parts share per server. */
export interface SessionShared {
  readonly services: EngineServices;
  readonly commits: CommitCoordinator;
  readonly tableUse: TableUse;
}

/** One client's session: settings, transaction, prepared statements. See QuerySession for the laws. */
export class Session implements QuerySession {
  readonly services: EngineServices;
  readonly shared: SessionShared;
  readonly settings: SessionSettings;
  readonly transactions: SessionTransactions;
  readonly user: string;
  readonly database: string;
  readonly processId: number;
  /** Results that are neither read to their end nor given up. */
  readonly openResults: Set<AsyncGenerator<RecordBatch, void, void>> = new Set();
  /** When the client asked for what runs now: `statement_timestamp()`, and `now()` in a transaction that begins with it. */
  statementMicros: bigint;
  /** Whether the statement that runs is one of several of its text: PostgreSQL treats those as inside a block. */
  isPartOfMany = false;
  readonly #statements = new Map<string, EnginePrepared>();
  #isClosed = false;
  #running: Promise<unknown> = Promise.resolve();
  readonly #notices = new SessionNotices();
  readonly #views = new ViewCache();
  readonly #onClose: () => void;
  readonly #closing = new AbortController();

  /** `onClose` is called once, when the session ends. */
  constructor(shared: SessionShared, startup: SessionStartup, onClose: () => void) {
    this.#onClose = onClose;
    this.shared = shared;
    this.services = shared.services;
    this.user = startup.user;
    this.database = startup.database;
    this.processId = startup.processId;
    const { settingDefaults, optimizer, clock } = shared.services;
    this.settings = new SessionSettings({
      defaults: settingDefaults,
      startup: startup.settings,
      user: startup.user,
      checks: {
        'millrace.disabled_rules': (names) => void optimizer.disabledRules(names),
        transaction_read_only: (value) => this.#requireModeInTime(value),
      },
    });
    this.statementMicros = clock.nowMicros();
    this.transactions = new SessionTransactions({
      services: shared.services,
      settings: this.settings,
      commits: shared.commits,
      startMicros: () => this.statementMicros,
      warn: (message) => this.notice('WARNING', '01000', message),
      closing: this.#closing.signal,
    });
  }

  get status(): TransactionStatus {
    return this.transactions.status;
  }

  get format(): FormatSettings {
    let view: CatalogView | null = null;
    return {
      ...this.settings.format,
      nowMicros: this.transactions.current?.startMicros,
      objectName: (kind, oid) => {
        view ??= this.catalogView();
        const name = catalogAnswer(view, kind, oid);
        return name === undefined ? undefined : String(name);
      },
    };
  }

  takeReports(): readonly (readonly [string, string])[] {
    return this.settings.takeReports();
  }

  takeNotices(): readonly Notice[] {
    return this.#notices.take();
  }

  /** Queues a message for the client, if client_min_messages lets it pass. */
  notice(severity: Notice['severity'], sqlstate: string, message: string): void {
    this.#notices.add({ severity, sqlstate, message }, this.settings.get('client_min_messages'));
  }

  /** What names mean now, the open transaction's DDL included. */
  catalogView(): CatalogView {
    const { catalog, systemCatalog: system } = this.services;
    const parts = { committed: catalog.byId, changes: this.transactions.current?.changes ?? [], system };
    return this.#views.viewOf(parts, this.settings.get('search_path'), () => this.settings.searchPath(this.user));
  }

  async *query(sql: string, signal: AbortSignal): AsyncGenerator<StatementResult, void, void> {
    let isDone = false;
    try {
      this.#begin();
      this.isPartOfMany = false;
      const lifted = await this.running(() => runLifted(this, sql, signal));
      const statements = lifted === null ? parseText(this.services.frontend, sql) : [];
      // What was pipelined before it ends with it.
      if (statements.length === 0) {
        yield* answer(guardResult(this, lifted ?? emptyResult(), () => this.#endImplicit(signal)));
      }
      for (const [index, parsed] of statements.entries()) {
        const atEnd = index === statements.length - 1 ? () => this.#endImplicit(signal) : null;
        this.isPartOfMany = statements.length > 1;
        yield* this.#runOne(parsed, atEnd, signal);
      }
      isDone = true;
    } catch (error) {
      this.transactions.onError();
      throw asMillraceError(error);
    } finally {
      // The consumer gave up between results.
      if (!isDone && this.transactions.state === 'implicit') this.transactions.rollback();
    }
  }

  /** One statement of a text. */
  async *#runOne(parsed: ParsedStatement, atEnd: AtEnd, signal: AbortSignal): AsyncGenerator<StatementResult> {
    try {
      this.#requireOpen();
      requireNoParameters(parsed);
      const prepared = prepareStatement(this, parsed, [], {});
      const result = await this.running(() => runStatement(this, prepared, [], signal));
      yield* answer(guardResult(this, result, atEnd));
    } catch (error) {
      throw withOffset(asMillraceError(error), parsed.offset);
    }
  }

  async prepare(name: string, sql: string, parameterOids: readonly number[]): Promise<PreparedStatement> {
    return this.#guard(() => {
      this.#begin();
      // As in PostgreSQL, a new unnamed statement that fails leaves none.
      if (name === '') this.closeStatement('');
      const statements = parseText(this.services.frontend, sql);
      if (statements.length > 1) {
        throw failure('syntaxError', { message: 'cannot insert multiple commands into a prepared statement' });
      }
      const [parsed = null] = statements;
      try {
        const prepared = prepareStatement(this, parsed, parameterOids, { name });
        // PostgreSQL looks for the name last.
        if (name !== '' && this.#statements.has(name)) throw failure('duplicateStatement', { name });
        this.addStatement(name, prepared);
        return prepared;
      } catch (error) {
        throw withOffset(asMillraceError(error), parsed?.offset ?? 0);
      }
    });
  }

  /** Also what SQL's PREPARE does: protocol and SQL share the names. */
  addStatement(name: string, prepared: EnginePrepared): void {
    if (this.#statements.size >= LIMITS.preparedStatementsMax && !this.#statements.has(name)) {
      throw failure('configurationLimit', {
        message: `a session may hold ${LIMITS.preparedStatementsMax} prepared statements; DEALLOCATE some`,
      });
    }
    this.#statements.set(name, prepared);
  }

  statement(name: string): EnginePrepared {
    const prepared = this.#statements.get(name);
    if (prepared === undefined) throw failure('noSuchStatement', { name });
    return prepared;
  }

  closeStatement(name: string): void {
    this.#statements.delete(name);
  }

  /** DEALLOCATE ALL and DISCARD ALL. */
  closeAllStatements(): void {
    this.#statements.clear();
  }

  get statementNames(): readonly string[] {
    return [...this.#statements.keys()];
  }

  async execute(
    statement: PreparedStatement,
    parameters: readonly ParameterValue[],
    signal: AbortSignal,
  ): Promise<StatementResult> {
    return this.#guard(async () => {
      this.#begin();
      if (statement.isEmpty) return emptyResult();
      this.isPartOfMany = false;
      const prepared = statement as EnginePrepared;
      try {
        const result = await runStatement(this, prepared, parameters, signal);
        return guardResult(this, result, null);
      } catch (error) {
        throw withOffset(asMillraceError(error), prepared.parsed?.offset ?? 0);
      }
    });
  }

  async sync(signal?: AbortSignal): Promise<void> {
    await this.#guard(() => this.#endImplicit(signal));
  }

  fail(): void {
    this.transactions.onError();
  }

  /** Waits for what runs; then open results are given up and the transaction rolls back. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closing.abort(failure('adminShutdown'));
    await this.#running.catch(() => undefined);
    for (const batches of [...this.openResults]) await batches.return().catch(() => undefined);
    this.transactions.rollback();
    this.#statements.clear();
    this.#onClose();
  }

  /** Runs a step that `close` waits for. */
  running<T>(step: () => Promise<T>): Promise<T> {
    const running = step();
    this.#running = running;
    return running;
  }

  /** The client asks for something new. */
  #begin(): void {
    this.#requireOpen();
    this.statementMicros = this.services.clock.nowMicros();
  }

  /** 25001: a read-only transaction stays so once it ran a query. */
  #requireModeInTime(readOnly: string): void {
    if (readOnly === 'on' || this.settings?.get('transaction_read_only') !== 'on') return;
    if (this.transactions.current?.hasQueried) throw failure('transactionModeTooLate', { mode: 'read-write' });
  }

  /** 57P01 after `close`. */
  #requireOpen(): void {
    if (this.#isClosed) throw failure('adminShutdown');
  }

  async #endImplicit(signal?: AbortSignal): Promise<void> {
    if (this.transactions.state === 'implicit') await this.transactions.commit(signal);
  }

  /** Runs a step; an error fails the transaction as PostgreSQL does. */
  async #guard<T>(step: () => T | Promise<T>): Promise<T> {
    try {
      return await this.running(async () => step());
    } catch (error) {
      this.transactions.onError();
      const known: MillraceError = asMillraceError(error);
      throw known;
    }
  }
}
