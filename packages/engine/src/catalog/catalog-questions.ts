import { failure, type Value } from '@millrace/core';
import type { CatalogView } from './catalog-view.ts';

type Answer = (view: CatalogView, argument: Value) => Value | undefined;

/**
 * What functions and reg* casts may ask about the catalog (`SessionFacts.catalog`), by question. undefined = no such object.
 */
const QUESTIONS: ReadonlyMap<string, Answer> = new Map<string, Answer>();

/** Answers a question; a question nobody knows is a bug. */
export function catalogAnswer(view: CatalogView, question: string, argument: Value): Value | undefined {
  const answer = QUESTIONS.get(question);
  if (answer === undefined) throw failure('internal', { message: `unknown catalog question ${question}` });
  return answer(view, argument);
}
