import { ActionIcon, Tooltip } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useT } from '@/app/i18n';
import { type ProviderFreshness, useWrite } from '@/ipc';
import { icon15 } from './icon';

/** Reads this provider again now; its age beside the button says when it is done. */
export function RefreshButton({ of }: { of: ProviderFreshness }) {
  const t = useT('common');
  const sync = useWrite('syncNow');
  const label = t('freshness.refresh', { provider: of.provider === 'whmcs' || of.provider === 'contabo' ? t(`states:provider.${of.provider}`) : of.provider });
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} disabled={of.syncing || sync.busy} onClick={() => void sync.write({ kinds: of.kinds.map((k) => k.kind) }).catch(() => undefined)}>
        <IconRefresh {...icon15} className={of.syncing ? 'rd-turn' : undefined} />
      </ActionIcon>
    </Tooltip>
  );
}
