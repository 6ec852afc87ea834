import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useT } from '@/app/i18n';
import { type Subject, type TimelineEntry, useCommand } from '@/ipc';
import { shortId } from './CopyId';
import { errorText } from './errorText';
import { icon16 } from './icon';
import { ErrorStrip } from './ListStates';
import { phraseText } from './phrase';
import { Timeline, type TimelineItem, timelineItems } from './Timeline';
import { wordOf } from './word';
import classes from './record.module.css';

/** What happened to a record, newest first, with the way to each action and to what was sent for it. */
export function TimelinePane({ subject }: { subject: Subject }) {
  const t = useT('common');
  const reading = useCommand('timeline', subject, { fresh: true });
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  // The provider's own record comes over the network; what is here is shown meanwhile.
  const server = subject.kind === 'server';
  const audits = useCommand('serverAudits', { id: subject.id }, { fresh: true, enabled: server, everyMs: 60_000 });
  const entries = useMemo(() => merged(reading.data, server ? audits.data : undefined), [reading.data, audits.data, server]);
  const sources = useMemo(() => [...new Set(entries?.map((e) => e.source))].sort(), [entries]);
  const shown = useMemo(() => entries?.filter((e) => !hidden.has(e.source)) ?? [], [entries, hidden]);
  const items = useLinkedItems(shown);
  const toggle = (source: string) =>
    setHidden((before) => {
      const after = new Set(before);
      if (!after.delete(source)) after.add(source);
      return after;
    });
  return (
    <aside className={classes.pane} aria-label={t('timeline.title')}>
      <header className={classes.paneHead}>
        <h2>{t('timeline.title')}</h2>
        {sources.length > 1 && (
          <Menu closeOnItemClick={false} position="bottom-end">
            <Menu.Target>
              <Tooltip label={t('timeline.show')}>
                <ActionIcon aria-label={t('timeline.show')}>
                  <IconFilter {...icon16} />
                </ActionIcon>
              </Tooltip>
            </Menu.Target>
            <Menu.Dropdown>
              {sources.map((source) => (
                <Menu.CheckboxItem key={source} checked={!hidden.has(source)} onChange={() => toggle(source)}>
                  {wordOf(`common:timeline.source.${source}`, source)}
                </Menu.CheckboxItem>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </header>
      {reading.error && <ErrorStrip error={reading.error} onRetry={reading.again} />}
      <div className={classes.paneBody} tabIndex={0} role="region" aria-label={t('timeline.title')}>
        {server && audits.error && <p className={classes.quiet}>{t('timeline.noAudits', { why: errorText(audits.error).title })}</p>}
        {entries && shown.length === 0 && !audits.loading ? <p className={classes.quiet}>{t('timeline.empty')}</p> : <Timeline items={items} />}
      </div>
    </aside>
  );
}

/** Ours and the provider's, newest first. */
function merged(own: readonly TimelineEntry[] | undefined, theirs: readonly TimelineEntry[] | undefined): readonly TimelineEntry[] | undefined {
  if (!own || !theirs || theirs.length === 0) return own;
  return [...own, ...theirs].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

function useLinkedItems(entries: readonly TimelineEntry[]): TimelineItem[] {
  const t = useT('common');
  return useMemo(
    () =>
      timelineItems(entries).map((item, index) => {
        const entry = entries[index] as TimelineEntry;
        const lines = [
          ...entry.lines.map(phraseText),
          ...(entry.source === 'audit' && entry.tone === 'warn' ? [t('timeline.outside')] : []),
          // Only our own requests are in our log.
          ...(entry.request_id !== null && entry.source !== 'audit'
            ? [
                <Link key="request" to="/log" search={{ q: entry.request_id }} className={`${classes.plainLink} rd-mono`} title={entry.request_id}>
                  {t('timeline.request', { id: shortId(entry.request_id) })}
                </Link>,
              ]
            : []),
        ];
        const title =
          entry.action_id === null ? (
            item.title
          ) : (
            <Link to="/queue" search={{ o: String(entry.action_id) }} className={classes.plainLink} title={t('timeline.action', { id: entry.action_id })}>
              {item.title}
            </Link>
          );
        // A day without a clock comes as its midnight.
        const at = item.at.replace(/T00:00:00(\.0+)?Z$/, '');
        return Object.assign({}, item, { at, title, lines });
      }),
    [entries, t],
  );
}
