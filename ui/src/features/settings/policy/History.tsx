import { hasText, text, type TextKey, useT } from '@/app/i18n';
import { Block, RelativeTime } from '@/components';
import type { PolicyHistoryEntry } from '@/ipc';
import classes from './policy.module.css';

const fieldWord = (field: string): string => (hasText(`policy:${field}.label`) ? text(`policy:${field}.label` as TextKey) : field);

/** JSON as people read it, as far as one line goes. */
function shown(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    if (value === null) return '—';
    if (Array.isArray(value) && value.length === 0) return '—';
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ');
    return typeof value === 'string' ? value : JSON.stringify(value);
  } catch {
    return json;
  }
}

/** Who changed what, when and why. */
export function History({ entries }: { entries: readonly PolicyHistoryEntry[] }) {
  const t = useT('policy');
  return (
    <Block title={t('history')}>
      {entries.length === 0 && <p className={classes.none}>{t('historyNone')}</p>}
      <ol className={classes.history}>
        {entries.map((entry) => (
          <li key={entry.revision}>
            <p>
              <strong>{entry.by}</strong> · <RelativeTime at={entry.at} /> · {t('revision', { n: entry.revision })}
              {entry.reason && <span data-foreign> · {entry.reason}</span>}
            </p>
            <dl>
              {entry.fields.map((field) => (
                <div key={field.field}>
                  <dt>{fieldWord(field.field)}</dt>
                  <dd>
                    {shown(field.after)} <span className={classes.before}>{t('was', { before: shown(field.before) })}</span>
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ol>
    </Block>
  );
}
