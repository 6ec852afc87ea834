/** The only way to the core. Views use the hooks; nothing else imports the bindings or the desktop API. */
export type * from './bindings';
export { commands } from './bindings';
export { inWindow, installBridge } from './bridge';
export { call } from './call';
export { asCallError, CallError } from './error';
export { listenToCore, progress } from './events';
export {
  ask,
  type CommandName,
  createQueryClient,
  type Reading,
  type RowOf,
  type Rows,
  useCommand,
  useInvalidate,
  useWindow,
  useWrite,
  type Writing,
} from './hooks';
