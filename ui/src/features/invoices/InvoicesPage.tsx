import { useCrumbs } from '@/app/crumbs';
import { useT } from '@/app/i18n';
import { PageHeader } from '@/components';

export function InvoicesPage() {
  const t = useT('invoices');
  useCrumbs([{ label: t('title') }]);
  return <PageHeader title={t('title')} />;
}
