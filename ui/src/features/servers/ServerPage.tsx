import { useCrumbs } from '@/app/crumbs';
import { useT } from '@/app/i18n';
import { PageHeader } from '@/components';

export function ServerPage() {
  const t = useT('servers');
  useCrumbs([{ label: t('title') }]);
  return <PageHeader title={t('title')} />;
}
