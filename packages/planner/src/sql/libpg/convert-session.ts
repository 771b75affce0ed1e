import type { DiscardStmt, Node, TransactionStmt, VariableSetStmt, VariableShowStmt } from 'libpg-query';
import type { AstStatement } from '../ast.ts';
import { type Conversion, kindOf, unsupportedAt } from './conversion.ts';
import { optionText } from './convert-ddl.ts';

/** SET, RESET, SET TRANSACTION, SET SESSION CHARACTERISTICS. `SET TIME ZONE` sets `TimeZone`. */
export function convertSet(c: Conversion, set: VariableSetStmt): AstStatement {
  const name = settingName(set.name ?? '');
  switch (set.kind) {
    case 'VAR_RESET_ALL':
      return { kind: 'reset', name: null, at: 0 };
    case 'VAR_RESET':
      return { kind: 'reset', name, at: 0 };
    case 'VAR_SET_DEFAULT':
      return { kind: 'set', name, values: null, isLocal: set.is_local === true, at: 0 };
    case 'VAR_SET_VALUE': {
      const values = (set.args ?? []).map((node) => settingValue(c, node));
      return { kind: 'set', name, values, isLocal: set.is_local === true, at: 0 };
    }
    case 'VAR_SET_MULTI':
      if (set.name === 'TRANSACTION' || set.name === 'SESSION CHARACTERISTICS') {
        const modes = transactionModes(c, set.args);
        return { kind: 'set-transaction', isSession: set.name !== 'TRANSACTION', ...modes, at: 0 };
      }
      return { kind: 'unsupported', feature: `SET ${set.name}`, at: 0 };
    default:
      return { kind: 'unsupported', feature: 'SET ... FROM CURRENT', at: 0 };
  }
}

/** The grammar folds names; this one has another spelling in every listing. */
function settingName(name: string): string {
  return name === 'timezone' ? 'TimeZone' : name;
}

function settingValue(c: Conversion, node: Node): string {
  if ('TypeCast' in node) throw unsupportedAt(c, 'SET TIME ZONE with an interval', -1);
  return optionText(c, node, undefined);
}

/** SHOW; `all` stays a name. */
export function convertShow(show: VariableShowStmt): AstStatement {
  return { kind: 'show', name: settingName(show.name ?? ''), at: 0 };
}

/** BEGIN, START TRANSACTION, COMMIT, END, ROLLBACK, ABORT; savepoints and two-phase commit are named and refused. */
export function convertTransaction(c: Conversion, transaction: TransactionStmt): AstStatement {
  const chain = transaction.chain === true;
  switch (transaction.kind) {
    case 'TRANS_STMT_BEGIN':
    case 'TRANS_STMT_START':
      return {
        kind: 'transaction',
        action: transaction.kind === 'TRANS_STMT_START' ? 'start' : 'begin',
        ...transactionModes(c, transaction.options),
        chain,
        at: 0,
      };
    case 'TRANS_STMT_COMMIT':
      return { kind: 'transaction', action: 'commit', isolation: null, readOnly: null, chain, at: 0 };
    case 'TRANS_STMT_ROLLBACK':
      return { kind: 'transaction', action: 'rollback', isolation: null, readOnly: null, chain, at: 0 };
    default:
      return { kind: 'unsupported', feature: transactionWord(String(transaction.kind)), at: 0 };
  }
}

function transactionWord(kind: string): string {
  switch (kind) {
    case 'TRANS_STMT_SAVEPOINT':
      return 'SAVEPOINT';
    case 'TRANS_STMT_RELEASE':
      return 'RELEASE SAVEPOINT';
    case 'TRANS_STMT_ROLLBACK_TO':
      return 'ROLLBACK TO SAVEPOINT';
    case 'TRANS_STMT_PREPARE':
      return 'PREPARE TRANSACTION';
    default:
      return kind.replace(/^TRANS_STMT_/, '').replaceAll('_', ' ');
  }
}

/** DEFERRABLE has no meaning below SERIALIZABLE, which is refused by its name, so it is not kept. */
function transactionModes(
  c: Conversion,
  nodes: readonly Node[] | undefined,
): { readonly isolation: string | null; readonly readOnly: boolean | null } {
  let isolation: string | null = null;
  let readOnly: boolean | null = null;
  for (const node of nodes ?? []) {
    if (!('DefElem' in node)) throw unsupportedAt(c, `the transaction mode ${kindOf(node)}`, -1);
    const { defname, arg, location } = node.DefElem;
    const value = arg === undefined ? '' : optionText(c, arg, location);
    if (defname === 'transaction_isolation') isolation = value;
    else if (defname === 'transaction_read_only') readOnly = value !== '0';
    else if (defname !== 'transaction_deferrable') throw unsupportedAt(c, `the transaction mode ${defname}`, location);
  }
  return { isolation, readOnly };
}

/** DISCARD ALL | PLANS | SEQUENCES | TEMP. */
export function convertDiscard(discard: DiscardStmt): AstStatement {
  return { kind: 'discard', what: String(discard.target).replace(/^DISCARD_/, ''), at: 0 };
}
