import { failure } from '@millrace/core';
import type { Node } from 'libpg-query';
import type { BytePositions } from './byte-positions.ts';

/** What the converters of one statement share: where positions are counted from, how deep they are, the highest `$n` met. */
export interface Conversion {
  readonly positions: BytePositions;
  /** Characters before the statement in the whole text. */
  readonly startCharacter: number;
  readonly nestingDepthMax: number;
  depth: number;
  parameterCount: number;
}

/** A parser location (bytes; absent = 0, negative = unknown) as characters from the statement's start. */
export function at(c: Conversion, location: number | undefined): number | null {
  const byte = location ?? 0;
  return byte < 0 ? null : c.positions.charactersBefore(byte) - c.startCharacter;
}

/** Goes one level down; the caller decrements `depth` when it is back. 54001 beyond the limit. */
export function enter(c: Conversion): void {
  if (++c.depth > c.nestingDepthMax) throw failure('tooComplex');
}

/** The kind of node: its only key. */
export function kindOf(node: Node): string {
  for (const key in node) return key;
  return 'nothing';
}

/** Where an error points: characters of the whole text, from 1. */
export function placeOf(c: Conversion, location: number | undefined): { readonly position?: number } {
  const character = at(c, location);
  return character === null ? {} : { position: character + c.startCharacter + 1 };
}

/** 0A000 at a place of the text. */
export function unsupportedAt(c: Conversion, feature: string, location: number | undefined): Error {
  return failure('notSupported', { feature }, placeOf(c, location));
}

/** Refuses a node with a field that its converter does not know: a newer grammar may have given it a meaning that we would drop. */
export function expectFields(kind: string, node: object, known: ReadonlySet<string>): void {
  for (const key in node) {
    if (!known.has(key)) throw failure('notSupported', { feature: `the clause ${kind}.${key}` });
  }
}

/** The text of a String node; empty for anything else (the parser never gives that where it is called). */
export function stringOf(node: Node): string {
  return 'String' in node ? (node.String.sval ?? '') : '';
}

/** A list of String nodes as texts. */
export function stringsOf(nodes: readonly Node[] | undefined): string[] {
  return nodes === undefined ? [] : nodes.map(stringOf);
}
