import { useNavigate } from '@tanstack/react-router';
import { IconServer2 } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useCrumbs } from '@/app/crumbs';
import { useT } from '@/app/i18n';
import { useCommands } from '@/app/palette/commands';
import { openPowerPlan } from '@/app/plans';
import { BulkAction, by, ListPage, type ListView, powers, useListState } from '@/components';
import { serverColumns, serverFields } from '@/components/records/servers';
import { type ServerRow, useWindow } from '@/ipc';

export function ServersPage() {
  const t = useT('servers');
  const navigate = useNavigate();
  useCrumbs([{ label: t('title') }]);
  const list = useListState({ sort: by('name') });
  const source = useWindow('serversWindow', list.query);
  const columns = useMemo(() => serverColumns(t), [t]);
  const fields = useMemo(() => serverFields(t), [t]);
  const views = useMemo<readonly ListView[]>(
    () => [
      { id: 'all', label: t('view.all') },
      { id: 'running', label: t('view.running'), filters: [{ field: 'state', op: 'is', values: ['running'] }] },
      { id: 'stopped', label: t('view.stopped'), filters: [{ field: 'state', op: 'is', values: ['stopped'] }] },
      { id: 'unlinked', label: t('view.unlinked'), filters: [{ field: 'linked', op: 'is', values: ['false'] }] },
      { id: 'ending', label: t('view.ending'), filters: [{ field: 'cancelled', op: 'is', values: ['true'] }], sort: by('renews') },
    ],
    [t],
  );
  useCommands(
    views.map((view) => ({ id: `servers-${view.id}`, title: `${t('title')}: ${view.label}`, icon: IconServer2, group: 'pages', run: () => list.setView(view) })),
  );
  const about = (rows: readonly ServerRow[]) => {
    const clients = new Set(rows.flatMap((r) => r.client_id ?? [])).size;
    const unlinked = rows.filter((r) => r.client_id === null).length;
    return [t('about.clients', { count: clients }), ...(unlinked > 0 ? [t('about.unlinked', { count: unlinked })] : [])].join(' · ');
  };
  return (
    <ListPage
      id="servers"
      kind="servers"
      provider="contabo"
      title={t('title')}
      things={(count) => t('things', { count })}
      placeholder={t('placeholder')}
      columns={columns}
      fields={fields}
      views={views}
      list={list}
      source={source}
      rowKey={(r) => String(r.id)}
      rowLabel={(r) => r.name}
      onOpen={(r) => void navigate({ to: '/servers/$id', params: { id: String(r.id) } })}
      bulk={(keys) =>
        powers.map((power) => (
          <BulkAction
            key={power.kind}
            action={{
              id: power.kind,
              label: t('power.more', { verb: t(`power.${power.name}`) }),
              icon: power.icon,
              effect: power.effect,
              run: () => void openPowerPlan({ kind: power.kind, instance_ids: keys.map(Number), origin: 'servers' }),
            }}
          />
        ))
      }
      bulkAbout={about}
      empty={{ icon: IconServer2, title: t('empty.title'), text: t('empty.text') }}
    />
  );
}
