import { failure } from '@millrace/core';
import type { AstStatement } from '@millrace/planner';
import type { Session } from '../session/session.ts';
import { isInBlock } from './settings.ts';

type TransactionStatement = Extract<AstStatement, { readonly kind: 'transaction' }>;
type SetTransaction = Extract<AstStatement, { readonly kind: 'set-transaction' }>;

/** BEGIN, COMMIT, ROLLBACK with PostgreSQL's warnings; returns the command tag. COMMIT of a failed block rolls back and says ROLLBACK. */
export async function runTransactionStatement(
  session: Session,
  statement: TransactionStatement,
  signal: AbortSignal,
): Promise<string> {
  if (statement.chain) throw failure('notSupported', { feature: 'AND CHAIN' });
  switch (statement.action) {
    case 'begin':
    case 'start':
      requireReadCommitted(statement.isolation);
      if (session.transactions.state === 'block') {
        session.notice('WARNING', '25001', 'there is already a transaction in progress');
      } else {
        session.transactions.beginBlock();
      }
      if (statement.readOnly !== null) setReadOnly(session, statement.readOnly);
      return statement.action === 'start' ? 'START TRANSACTION' : 'BEGIN';
    case 'commit': {
      if (session.transactions.state === 'failed') {
        session.transactions.rollback();
        return 'ROLLBACK';
      }
      if (session.transactions.state !== 'block') {
        session.notice('WARNING', '25P01', 'there is no transaction in progress');
      }
      await session.transactions.commit(signal);
      return 'COMMIT';
    }
    case 'rollback':
      if (session.transactions.state !== 'block' && session.transactions.state !== 'failed') {
        session.notice('WARNING', '25P01', 'there is no transaction in progress');
      }
      session.transactions.rollback();
      return 'ROLLBACK';
    default:
      return statement.action satisfies never;
  }
}

/** SET TRANSACTION and SET SESSION CHARACTERISTICS. */
export function runSetTransaction(session: Session, statement: SetTransaction): void {
  requireReadCommitted(statement.isolation);
  if (!statement.isSession && !isInBlock(session)) {
    session.notice('WARNING', '25P01', 'SET TRANSACTION can only be used in transaction blocks');
  }
  if (statement.readOnly === null) return;
  if (statement.isSession) {
    session.settings.set('default_transaction_read_only', statement.readOnly ? 'on' : 'off', { isLocal: false });
  } else setReadOnly(session, statement.readOnly);
}

function setReadOnly(session: Session, readOnly: boolean): void {
  session.settings.set('transaction_read_only', readOnly ? 'on' : 'off', { isLocal: true });
}

function requireReadCommitted(isolation: string | null): void {
  if (isolation === null || isolation.toLowerCase() === 'read committed') return;
  throw failure(
    'notSupported',
    { feature: `isolation level ${isolation.toUpperCase()}` },
    { hint: 'Use READ COMMITTED.' },
  );
}
