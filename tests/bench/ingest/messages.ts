import { int16, int32 } from './encode-cells.ts';

/** A message of the protocol: its type, its length, its body. */
export function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((bytes, part) => bytes + part.length, 4);
  return Buffer.concat([Buffer.from(type), int32(length), ...parts]);
}

/** A string with its end. */
export const text = (value: string): Buffer => Buffer.from(`${value}\0`);

/** The first message of a connection. */
export function startup(user: string, database: string): Buffer {
  const body = Buffer.concat([int32(196_608), text('user'), text(user), text('database'), text(database), text('')]);
  return Buffer.concat([int32(body.length + 4), body]);
}

/** Parse, with the types left to the server. */
export function parse(name: string, sql: string): Buffer {
  return message('P', text(name), text(sql), int16(0));
}

/** Bind to the unnamed portal and Execute. */
export function bindAndExecute(statement: string, cells: readonly (Buffer | null)[], isBinary: boolean): Buffer {
  const values = cells.flatMap((cell) => (cell === null ? [int32(-1)] : [int32(cell.length), cell]));
  const formats = isBinary ? [int16(1), int16(1)] : [int16(0)];
  const bind = message('B', text(''), text(statement), ...formats, int16(cells.length), ...values, int16(0));
  return Buffer.concat([bind, message('E', text(''), int32(0))]);
}

export const SYNC: Buffer = message('S');
export const COPY_DONE: Buffer = message('c');
export const TERMINATE: Buffer = message('X');
