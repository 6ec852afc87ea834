import { IconShieldCheck } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useT } from '@/app/i18n';
import { ActionButton, Block, formatCount } from '@/components';
import { useCommand } from '@/ipc';
import { summaryOf } from '@/components/rights';

/** The rights in one line, on the settings page. */
export function RightsBlock() {
  const t = useT('rights');
  const navigate = useNavigate();
  const report = useCommand('rightsReport').data;
  if (!report) return null;
  const { allowed, denied, unknown } = summaryOf(report);
  const words = report.rows.length > 0 ? t('summary', { allowed: formatCount(allowed), denied: formatCount(denied), unknown: formatCount(unknown) }) : t('empty.title');
  return (
    <Block title={t('section')} aside={t('sectionAside')}>
      <p style={{ marginBlockEnd: 12 }}>{words}</p>
      <ActionButton action={{ id: 'rights', label: t('open'), icon: IconShieldCheck, keys: 'g r', run: () => void navigate({ to: '/settings/rights' }) }} />
    </Block>
  );
}
