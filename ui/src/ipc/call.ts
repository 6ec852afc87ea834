import type { AppError } from './bindings';
import { CallError } from './error';

export type Outcome<T> = { status: 'ok'; data: T } | { status: 'error'; error: AppError };

/** Unwraps a command's outcome: the data, or a thrown `CallError`. */
export async function call<T>(outcome: Promise<Outcome<T>>): Promise<T> {
  const settled = await outcome;
  if (settled.status === 'error') throw new CallError(settled.error);
  return settled.data;
}
