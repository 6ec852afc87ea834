import { useCrumbs } from '@/app/crumbs';
import { useT } from '@/app/i18n';
import { PageHeader } from '@/components';

export function TicketsPage() {
  const t = useT('tickets');
  useCrumbs([{ label: t('title') }]);
  return <PageHeader title={t('title')} />;
}
