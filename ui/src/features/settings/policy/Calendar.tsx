import { ActionIcon, Autocomplete, Button, Select, TextInput } from '@mantine/core';
import { IconAlertCircle, IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useT } from '@/app/i18n';
import { icon14, icon16 } from '@/components';
import type { PolicyText } from './form';
import type { PartProps } from './Parts';
import classes from './policy.module.css';

const days = ['1', '2', '3', '4', '5', '6', '7'] as const;
const here = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
let known: string[] | undefined;
const zones = (): string[] => (known ??= Intl.supportedValuesOf('timeZone'));

interface TableProps {
  field: 'windows' | 'freezes';
  heads: readonly string[];
  rows: number;
  problem: string | undefined;
  onAdd: () => void;
  children: ReactNode;
}

/** A small table that is typed into: what it means, its rows, and a new one. */
function Table({ field, heads, rows, problem, onAdd, children }: TableProps) {
  const t = useT('policy');
  return (
    <section className={classes.table} aria-label={t(`${field}.label`)}>
      <h3>{t(`${field}.label`)}</h3>
      <p>{t(`${field}.help`)}</p>
      {problem && <p className={classes.problem}>{problem}</p>}
      {rows === 0 ? (
        <p className={classes.none}>{t(`${field}.none`)}</p>
      ) : (
        <table>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
              <td />
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      )}
      <Button data-field={field} size="xs" leftSection={<IconPlus {...icon14} />} onClick={onAdd}>
        {t(`${field}.add`)}
      </Button>
    </section>
  );
}

/** What is wrong with a row, under it. */
function Wrong({ problems, columns }: { problems: readonly (string | undefined)[]; columns: number }) {
  const told = [...new Set(problems.filter((problem) => problem !== undefined))];
  if (told.length === 0) return null;
  return (
    <tr>
      <td colSpan={columns + 1} className={classes.problem}>
        <span role="alert">
          <IconAlertCircle {...icon14} /> {told.join(' ')}
        </span>
      </td>
    </tr>
  );
}

function Remove({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <td>
      <ActionIcon aria-label={label} onClick={onRemove}>
        <IconTrash {...icon16} />
      </ActionIcon>
    </td>
  );
}

const put = <R,>(rows: readonly R[], at: number, change: Partial<R>): R[] => rows.map((row, index) => (index === at ? { ...row, ...change } : row));
const without = <R,>(rows: readonly R[], at: number): R[] => rows.filter((_, index) => index !== at);

/** When what interrupts may be sent, week by week. */
export function Windows({ text, onChange, problemOf }: PartProps) {
  const t = useT('policy');
  const set = (windows: PolicyText['windows']) => onChange({ ...text, windows });
  const dayWord = (day: string) => t(`day.${day as (typeof days)[number]}`);
  const heads = [t('window.weekday'), t('window.begins'), t('window.minutes'), t('window.zone')];
  return (
    <Table field="windows" heads={heads} rows={text.windows.length} problem={problemOf('windows')} onAdd={() => set([...text.windows, { weekday: '6', begins: '22:00', minutes: '240', zone: here() }])}>
      {text.windows.map((window, at) => {
        const path = (part: string) => `windows.${at}.${part}`;
        const field = (part: string) => ({ 'data-field': path(part), error: problemOf(path(part)) !== undefined });
        return [
          // Rows have no name of their own; what is typed must stay in its row.
          // eslint-disable-next-line react/no-array-index-key
          <tr key={at}>
            <td>
              <Select {...field('weekday')} aria-label={heads[0]} allowDeselect={false} value={window.weekday} onChange={(next) => next && set(put(text.windows, at, { weekday: next }))} data={days.map((value) => ({ value, label: dayWord(value) }))} />
            </td>
            <td>
              <TextInput {...field('begins')} aria-label={heads[1]} type="time" value={window.begins} onChange={(event) => set(put(text.windows, at, { begins: event.currentTarget.value }))} />
            </td>
            <td>
              <TextInput {...field('minutes')} aria-label={heads[2]} inputMode="numeric" rightSection={<span className={classes.unit}>{t('unit.minutes')}</span>} rightSectionWidth="auto" value={window.minutes} onChange={(event) => set(put(text.windows, at, { minutes: event.currentTarget.value }))} />
            </td>
            <td>
              <Autocomplete {...field('zone')} aria-label={heads[3]} data={zones()} limit={50} openOnFocus={false} value={window.zone} onChange={(zone) => set(put(text.windows, at, { zone }))} />
            </td>
            <Remove label={t('window.remove', { day: dayWord(window.weekday), begins: window.begins })} onRemove={() => set(without(text.windows, at))} />
          </tr>,
          <Wrong key={`${at}-wrong`} columns={heads.length} problems={['weekday', 'begins', 'minutes', 'zone'].map((part) => problemOf(path(part)))} />,
        ];
      })}
    </Table>
  );
}

/** When nothing may be interrupted. */
export function Freezes({ text, onChange, problemOf }: PartProps) {
  const t = useT('policy');
  const set = (freezes: PolicyText['freezes']) => onChange({ ...text, freezes });
  const heads = [t('freeze.name'), t('freeze.from'), t('freeze.until')];
  return (
    <Table field="freezes" heads={heads} rows={text.freezes.length} problem={problemOf('freezes')} onAdd={() => set([...text.freezes, { name: '', from: '', until: '' }])}>
      {text.freezes.map((freeze, at) => {
        const path = (part: string) => `freezes.${at}.${part}`;
        const field = (part: string) => ({ 'data-field': path(part), error: problemOf(path(part)) !== undefined });
        return [
          // eslint-disable-next-line react/no-array-index-key
          <tr key={at}>
            <td>
              <TextInput {...field('name')} aria-label={heads[0]} maxLength={80} value={freeze.name} onChange={(event) => set(put(text.freezes, at, { name: event.currentTarget.value }))} />
            </td>
            {(['from', 'until'] as const).map((side) => (
              <td key={side}>
                <TextInput {...field(side)} aria-label={t(`freeze.${side}`)} type="datetime-local" value={freeze[side]} onChange={(event) => set(put(text.freezes, at, { [side]: event.currentTarget.value }))} />
              </td>
            ))}
            <Remove label={t('freeze.remove', { name: freeze.name })} onRemove={() => set(without(text.freezes, at))} />
          </tr>,
          <Wrong key={`${at}-wrong`} columns={heads.length} problems={['name', 'from', 'until'].map((part) => problemOf(path(part)))} />,
        ];
      })}
    </Table>
  );
}
