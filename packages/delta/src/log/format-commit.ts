import type { Action } from './actions.ts';
import { formatExactJson } from './exact-json.ts';

const ENCODER = new TextEncoder();

/** A commit file: one action a line, in the given order (`commitInfo` belongs first). */
export function formatCommit(actions: readonly Action[]): Uint8Array {
  return ENCODER.encode(actions.map((action) => `${formatAction(action)}\n`).join(''));
}

function formatAction(action: Action): string {
  switch (action.kind) {
    case 'protocol':
      return formatExactJson({ protocol: action.protocol });
    case 'metaData':
      return formatExactJson({ metaData: action.metaData });
    case 'add':
      return formatExactJson({ add: action.add });
    case 'remove':
      return formatExactJson({ remove: action.remove });
    case 'txn':
      return formatExactJson({ txn: action.txn });
    case 'domainMetadata':
      return formatExactJson({ domainMetadata: action.domainMetadata });
    case 'commitInfo':
      return formatExactJson({ commitInfo: action.commitInfo });
    default:
      return action satisfies never;
  }
}
