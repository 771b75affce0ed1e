import {
  type CommandTag,
  type DataType,
  DEFAULT_FORMAT,
  type FormatSettings,
  failure,
  type Notice,
  type ParameterValue,
  type PreparedStatement,
  type QuerySession,
  type RecordBatch,
  type ResultColumn,
  type StatementResult,
  type TransactionStatus,
  types,
  type Value,
  vectorFromValues,
} from '@millrace/core';

const ROW_COLUMNS: readonly ResultColumn[] = [
  { name: 'n', type: types.int4, tableOid: 16400, attributeNumber: 1 },
  { name: 't', type: { kind: 'varchar', length: 10 }, tableOid: 0, attributeNumber: 0 },
];
const text = (name: string): ResultColumn => ({ name, type: types.text, tableOid: 0, attributeNumber: 0 });

function columnsOf(sql: string): readonly ResultColumn[] | null {
  const word = sql.split(' ')[0];
  if (word === 'rows') return ROW_COLUMNS;
  if (word === 'echo') return Array.from({ length: parameterCount(sql) }, (_, i) => text(`p${i + 1}`));
  return word === 'show' || word === 'big' ? [text('v')] : null;
}

function parameterCount(sql: string): number {
  return (sql.match(/\$\d+/g) ?? []).length;
}

function shown(parameter: ParameterValue): Value {
  if (parameter === null) return null;
  if (parameter.kind === 'value') return String(parameter.value);
  return `${parameter.format}:${Buffer.from(parameter.bytes).toString('hex')}`;
}

/** The session behind a scripted handler; what it does is written to the handler's log. */
export class ScriptedSession implements QuerySession {
  status: TransactionStatus = 'idle';
  readonly format: FormatSettings = DEFAULT_FORMAT;
  readonly #log: string[];
  readonly #waits: Set<() => void>;
  readonly #statements = new Map<string, PreparedStatement>();
  #reports: [string, string][] = [
    ['server_version', '15.0'],
    ['TimeZone', 'UTC'],
  ];
  #notices: Notice[] = [];
  #isImplicit = false;
  #isPoisoned = false;

  constructor(log: string[], waits: Set<() => void>) {
    this.#log = log;
    this.#waits = waits;
  }

  takeReports(): readonly (readonly [string, string])[] {
    return this.#reports.splice(0);
  }

  takeNotices(): readonly Notice[] {
    return this.#notices.splice(0);
  }

  async *query(sql: string, signal: AbortSignal): AsyncGenerator<StatementResult, void, void> {
    const statements = sql
      .split(';')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    try {
      if (statements.length === 0) yield this.#result('', [], signal, false);
      for (const [i, statement] of statements.entries()) {
        yield this.#result(statement, [], signal, i === statements.length - 1);
      }
    } catch (error) {
      this.fail();
      throw error;
    }
  }

  async prepare(name: string, sql: string, oids: readonly number[]): Promise<PreparedStatement> {
    try {
      if (sql.startsWith('bad')) throw failure('undefinedTable', { name: 'x' }, { position: 5 });
      if (name !== '' && this.#statements.has(name)) throw failure('duplicateStatement', { name });
      const parameterTypes: DataType[] = Array.from({ length: parameterCount(sql) }, (_, i) =>
        oids[i] === 23 ? types.int4 : types.text,
      );
      const columns = columnsOf(sql);
      const endsTransaction = /^(commit|rollback)/.test(sql);
      const prepared = {
        name,
        sql,
        parameterTypes,
        columns,
        isEmpty: sql === '',
        isQuery: columns !== null,
        endsTransaction,
      };
      this.#statements.set(name, prepared);
      return prepared;
    } catch (error) {
      this.fail();
      throw error;
    }
  }

  statement(name: string): PreparedStatement {
    const statement = this.#statements.get(name);
    if (statement === undefined) throw failure('noSuchStatement', { name });
    return statement;
  }

  closeStatement(name: string): void {
    this.#statements.delete(name);
  }

  async execute(
    statement: PreparedStatement,
    parameters: readonly ParameterValue[],
    signal: AbortSignal,
  ): Promise<StatementResult> {
    if (this.status === 'failed' && !/^(commit|rollback)/.test(statement.sql)) throw failure('failedTransaction');
    return this.#result(statement.sql, parameters, signal, false);
  }

  async sync(): Promise<void> {
    if (!this.#isImplicit) return;
    this.#isImplicit = false;
    if (this.#isPoisoned) {
      this.#isPoisoned = false;
      this.#log.push('rollback');
      throw failure('serializationFailure', { message: 'poisoned' });
    }
    this.#log.push('commit');
  }

  fail(): void {
    if (this.status !== 'idle') this.status = 'failed';
    else if (this.#isImplicit) {
      this.#isImplicit = false;
      this.#log.push('rollback');
    }
  }

  async close(): Promise<void> {
    this.#log.push('close');
  }

  #result(sql: string, parameters: readonly ParameterValue[], signal: AbortSignal, isLast: boolean): StatementResult {
    const columns = columnsOf(sql);
    if (this.status === 'failed' && !/^(commit|rollback)/.test(sql)) throw failure('failedTransaction');
    if (this.status === 'idle' && sql !== '' && sql !== 'begin') this.#isImplicit = true;
    const failed = <T>(error: T): T => {
      this.fail();
      return error;
    };
    const batches = this.#batches(sql, parameters, signal);
    return {
      isEmpty: sql === '',
      columns,
      batches,
      complete: async () => {
        try {
          const tag = await this.#complete(sql, signal);
          if (isLast && this.status === 'idle') await this.sync();
          return tag;
        } catch (error) {
          throw failed(error);
        }
      },
    };
  }

  async *#batches(
    sql: string,
    parameters: readonly ParameterValue[],
    signal: AbortSignal,
  ): AsyncGenerator<RecordBatch, void, void> {
    const words = sql.split(' ');
    try {
      if (words[0] === 'rows') yield* this.#rows(Number(words[1]), Number(words[3] ?? Number.NaN), signal);
      if (words[0] === 'echo') {
        yield { rowCount: 1, vectors: parameters.map((value) => vectorFromValues(types.text, [shown(value)])) };
      }
      if (words[0] === 'show') yield { rowCount: 1, vectors: [vectorFromValues(types.text, ['on'])] };
      if (words[0] === 'big') {
        yield { rowCount: 1, vectors: [vectorFromValues(types.text, ['x'.repeat(Number(words[1]))])] };
      }
    } finally {
      this.#log.push(`end ${words[0]}`);
    }
  }

  async *#rows(count: number, failAfter: number, signal: AbortSignal): AsyncGenerator<RecordBatch, void, void> {
    for (let start = 0; start < count; start += 2) {
      signal.throwIfAborted();
      if (start >= failAfter) throw failure('divisionByZero');
      const numbers = start + 1 < count ? [start + 1, start + 2] : [start + 1];
      yield {
        rowCount: numbers.length,
        vectors: [
          vectorFromValues(types.int4, numbers),
          vectorFromValues(
            { kind: 'varchar', length: 10 },
            numbers.map((n) => (n % 3 === 0 ? null : `é${n}`)),
          ),
        ],
      };
    }
  }

  async #complete(sql: string, signal: AbortSignal): Promise<CommandTag> {
    const [word, ...rest] = sql.split(' ');
    if (sql !== '') this.#log.push(`run ${sql}`);
    const isRows = columnsOf(sql) !== null && word !== 'show';
    switch (word) {
      case 'begin':
        this.status = 'block';
        break;
      case 'commit':
      case 'rollback':
        this.#isImplicit = false;
        this.#log.push(this.status === 'failed' ? 'rollback' : word);
        this.status = 'idle';
        break;
      case 'set':
        this.#reports.push([rest[0]!, rest[1]!]);
        break;
      case 'notice':
        this.#notices.push({ severity: 'NOTICE', sqlstate: '00000', message: rest.join(' '), hint: 'none' });
        break;
      case 'poison':
        this.#isPoisoned = true;
        break;
      case 'wait':
        await this.#wait(signal);
        break;
      case 'bad':
        throw failure('undefinedTable', { name: 'x' }, { position: 5 });
    }
    return { text: isRows ? 'SELECT' : word === 'insert' ? 'INSERT 0 1' : word!.toUpperCase(), appendRowCount: isRows };
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.#waits.delete(done);
        resolve();
      };
      this.#waits.add(done);
      signal.addEventListener('abort', () => {
        this.#waits.delete(done);
        reject(signal.reason);
      });
    });
  }
}
