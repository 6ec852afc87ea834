import { wordOf } from '@/components';

/** Which of Contabo's lists it was. */
export const listWord = (list: string): string => wordOf(`outside:list.${list}`, list);

/** What was done there: its audit shouts. */
export const didWord = (action: string): string => wordOf(`outside:did.${action.toLowerCase()}`, action.toLowerCase());
