import type { AppError, ErrorCode } from './bindings';

/** The core's error as something that can be thrown. The UI switches on `code` and translates it with `params`. */
export class CallError extends Error implements AppError {
  readonly code: ErrorCode;
  readonly hint: string | null;
  readonly retryable: boolean;
  readonly requestId: string | null;
  readonly params: Record<string, string>;

  constructor(error: AppError) {
    super(error.message);
    this.name = 'CallError';
    this.code = error.code;
    this.hint = error.hint;
    this.retryable = error.retryable;
    this.requestId = error.requestId;
    this.params = error.params;
  }
}

/** Whatever was thrown, as the one error views know. */
export function asCallError(thrown: unknown): CallError {
  if (thrown instanceof CallError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CallError({ code: 'internal', message, hint: null, retryable: false, requestId: null, params: {} });
}
