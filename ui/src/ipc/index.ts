/** The only way to the core. Views use the hooks; nothing else imports the bindings or the desktop API. */
export type * from './bindings';
export { installBridge } from './bridge';
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
  useWindow,
  useWrite,
  type Writing,
} from './hooks';
