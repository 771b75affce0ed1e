import type { EvaluationContext, ParameterValue, SessionFacts } from '@millrace/core';
import { catalogAnswer } from '../catalog/catalog-questions.ts';
import type { Session } from './session.ts';

/** What expressions of one statement execution may read: its clock readings, parameters and session. */
export function evaluationContext(session: Session, parameters: readonly ParameterValue[]): EvaluationContext {
  const { clock, random } = session.services;
  return {
    transactionMicros: session.transactions.current?.startMicros ?? session.statementMicros,
    statementMicros: session.statementMicros,
    clockMicros: () => clock.nowMicros(),
    random: () => random.float(),
    uuid: () => random.uuid(),
    format: session.format,
    parameters,
    functions: session.services.registry.functions,
    session: sessionFacts(session),
  };
}

function sessionFacts(session: Session): SessionFacts {
  const view = session.catalogView();
  return {
    user: session.user,
    database: session.database,
    processId: session.processId,
    searchPath: view.searchPath,
    setting: (name) => (session.settings.has(name) ? session.settings.shown(name) : undefined),
    setSetting: (name, value, isLocal) => session.settings.set(name, value, { isLocal }),
    catalog: (question, argument) => catalogAnswer(view, question, argument),
  };
}
