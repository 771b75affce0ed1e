import { failure } from '../errors/table.ts';
import type { EvaluationContext } from '../ports/evaluation-context.ts';
import type { TypeKind } from '../types/data-type.ts';

/** The types that are an OID with a name: input looks the name up, output shows it. */
export type RegKind = Extract<TypeKind, 'regclass' | 'regtype' | 'regproc' | 'regnamespace'>;

/** Whether a type names an object of the catalog by its OID. */
export function isReg(kind: TypeKind): kind is RegKind {
  return kind === 'regclass' || kind === 'regtype' || kind === 'regproc' || kind === 'regnamespace';
}

function unknownName(kind: RegKind, name: string): Error {
  switch (kind) {
    case 'regclass':
      return failure('undefinedTable', { name });
    case 'regtype':
      return failure('undefinedObject', { message: `type "${name}" does not exist` });
    case 'regproc':
      return failure('undefinedObject', { message: `function "${name}" does not exist` });
    case 'regnamespace':
      return failure('noSuchSchema', { name });
    default:
      return kind satisfies never;
  }
}

/** Text to reg*: `-` is 0, digits are the number, anything else a name that the session's catalog knows (`catalog(kind, name)` -> oid). */
export function regFromText(kind: RegKind, text: string, context: EvaluationContext): number {
  const name = text.trim();
  if (name === '-') return 0;
  if (/^\d+$/.test(name)) return Number(name) >>> 0;
  const oid = context.session.catalog(kind, name);
  if (typeof oid !== 'number') throw unknownName(kind, name);
  return oid;
}

/** reg* to text: the name (`catalog(kind, oid)` -> text), or the number where nothing has it; 0 is `-`. */
export function regToText(kind: RegKind, oid: number, context: EvaluationContext): string {
  if (oid === 0) return '-';
  const name = context.session.catalog(kind, oid);
  return typeof name === 'string' ? name : String(oid);
}
