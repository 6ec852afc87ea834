import { IconShieldCog } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useT } from '@/app/i18n';
import { ActionButton, Block, RelativeTime } from '@/components';
import { useCommand } from '@/ipc';

/** The policy in one line, on the settings page. */
export function PolicyBlock() {
  const t = useT('policy');
  const navigate = useNavigate();
  const view = useCommand('policyGet').data;
  if (!view) return null;
  const newest = view.history[0];
  return (
    <Block title={t('section')} aside={t('sectionAside')}>
      <p style={{ marginBlockEnd: 12 }}>
        {newest ? (
          <>
            {t('revision', { n: view.revision })} · {newest.by} · <RelativeTime at={newest.at} />
          </>
        ) : (
          t('never')
        )}
      </p>
      <ActionButton action={{ id: 'policy', label: t('open'), icon: IconShieldCog, keys: 'g p', run: () => void navigate({ to: '/settings/policy' }) }} />
    </Block>
  );
}
