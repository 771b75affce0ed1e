import type { Notice } from '@millrace/core';

const LEVELS: readonly string[] = [
  'debug5',
  'debug4',
  'debug3',
  'debug2',
  'debug1',
  'log',
  'notice',
  'warning',
  'error',
];

/** Messages below ERROR that wait for the client. */
export class SessionNotices {
  #waiting: Notice[] = [];

  /** Queues a message if `client_min_messages` lets it pass; INFO always does. */
  add(notice: Notice, clientMinMessages: string): void {
    const { severity } = notice;
    const level = severity === 'INFO' ? 'error' : severity === 'DEBUG' ? 'debug1' : severity.toLowerCase();
    if (LEVELS.indexOf(level) >= LEVELS.indexOf(clientMinMessages)) this.#waiting.push(notice);
  }

  /** What came since the last call. */
  take(): readonly Notice[] {
    const notices = this.#waiting;
    this.#waiting = [];
    return notices;
  }
}
