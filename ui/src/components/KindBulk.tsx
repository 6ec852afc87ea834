import { useT } from '@/app/i18n';
import { openAction } from '@/app/plans';
import { BulkAction } from './ActionMenu';
import { useKindActions, useKinds } from './kinds';

/** What can be done with the one chosen record, from the core's own kinds. Several at once have no form of their own. */
export function KindBulk({ target, chosen, origin }: { target: string; chosen: readonly { id: number; name: string }[]; origin: string }) {
  const t = useT('common');
  const only = chosen.length === 1 ? chosen[0] : undefined;
  const kinds = useKinds(target, only?.id ?? chosen[0]?.id);
  const actions = useKindActions(kinds, (kind) => only && void openAction(kind, [only], origin));
  return actions.map((action) => <BulkAction key={action.id} action={only ? action : { ...action, disabled: t('bulk.one') }} />);
}
