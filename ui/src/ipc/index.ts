/** The only way to the core. Views use the hooks; nothing else imports the bindings or the desktop API. */
export type * from './bindings';
export { installBridge } from './bridge';
export { asCallError, CallError } from './error';
export { chooseFile } from './chooseFile';
export { listenToCore, progress } from './events';
export {
  ask,
  createQueryClient,
  openProfile,
  type Reading,
  type Rows,
  useCommand,
  useCounts,
  useWindow,
  useWrite,
} from './hooks';
