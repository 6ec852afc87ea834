import { IconInfoCircle, IconLock, IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { Dialog } from '@/components/Dialog';
import { EffectTag } from '@/components/EffectTag';
import { icon14, icon16 } from '@/components/icon';
import { Keys } from '@/components/Keys';
import { StatePill } from '@/components/StatePill';
import { layers, widths } from '@/app/theme/tokens';
import { useStore } from '@/store';
import { allCommands, type PaletteCommand, paletteOpen, type PaletteRecord } from './commands';
import { matchWords, runsOf } from './match';
import { useRecords } from './useRecords';
import classes from './Palette.module.css';

/** Search or do: commands with effect and consequence, records of the store, pages. */
export function Palette() {
  const open = useStore(paletteOpen);
  return open ? <OpenPalette close={() => paletteOpen.set(false)} /> : null;
}

type Row = { kind: 'command'; command: PaletteCommand; hits: readonly number[] } | { kind: 'record'; record: PaletteRecord };

const MOST_COMMANDS = 6;

function pick(commands: readonly PaletteCommand[], text: string, most: number): Row[] {
  const wanted = text.trim();
  if (wanted === '') return commands.slice(0, most).map((command) => ({ kind: 'command', command, hits: [] }));
  return commands
    .flatMap((command) => {
      const match = matchWords(command.title, wanted) ?? (matchWords(`${command.title} ${command.aside ?? ''}`, wanted) ? { hits: [], score: 0.5 } : null);
      return match ? [{ command, ...match }] : [];
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ command, hits }) => ({ kind: 'command', command, hits: hits.filter((at) => at < command.title.length) }));
}

function OpenPalette({ close }: { close: () => void }) {
  const t = useT('shell');
  const list = useId();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const body = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  // At once, and not when the dialog gets round to it: people type before they see.
  useLayoutEffect(() => input.current?.focus(), []);
  // What can be done is read when the palette opens; the page below does not change under it.
  const [commands] = useState(allCommands);
  const doing = commands.filter((c) => c.group !== 'pages');
  const going = commands.filter((c) => c.group === 'pages');
  const found = useRecords(text);
  const groups = useMemo(
    () => {
      const actions = [...pick(doing, text, MOST_COMMANDS), ...found.commands.slice(0, MOST_COMMANDS).map((command): Row => ({ kind: 'command', command, hits: [] }))];
      const places = pick(going, text, text.trim() === '' ? 8 : 4);
      return [
        { title: t('palette.commands'), note: t('palette.count', { shown: actions.length, all: doing.length + found.commands.length }), rows: actions },
        {
          title: t('palette.records'),
          note: found.ms === null ? t('palette.searching') : t('palette.found', { count: found.records.length, ms: found.ms }),
          rows: found.records.map((record): Row => ({ kind: 'record', record })),
        },
        { title: t('palette.pages'), note: String(places.length), rows: places },
      ].filter((group) => group.rows.length > 0);
    },
    // `doing` and `going` come from one snapshot.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [text, found.records, found.commands, found.ms, t],
  );
  const rows = groups.flatMap((group) => group.rows);
  const chosen = rows[Math.min(at, rows.length - 1)];
  useEffect(() => setAt(0), [text]);
  useEffect(() => body.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }), [at]);
  useKeys(t('palette.label'), [{ keys: 'mod+k', run: close, inFields: true }], { modal: true });

  const run = (row: Row | undefined) => {
    if (!row || (row.kind === 'command' && row.command.disabled)) return;
    close();
    if (row.kind === 'command') row.command.run();
    else row.record.open();
  };
  const narrow = () => {
    if (chosen?.kind === 'record') setText(`${chosen.record.title} `);
    else if (chosen) setText(chosen.command.title);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 }[event.key];
    if (step !== undefined) setAt((before) => (rows.length === 0 ? 0 : (Math.min(before, rows.length - 1) + step + rows.length * 6) % rows.length));
    else if (event.key === 'Enter') run(chosen);
    else if (event.key === 'Tab') narrow();
    else if (event.key !== 'Escape') return;
    else if (text === '') close();
    else setText('');
    event.preventDefault();
    event.stopPropagation();
  };
  let index = -1;
  return (
    <Dialog onClose={close} width={widths.palette} label={t('palette.label')} className={classes.palette} top={93} layer={layers.palette} closeOnEscape={false}>
        <div className={classes.input}>
          <IconSearch {...icon16} size={18} />
          <input
            ref={input}
            data-autofocus
            type="text"
            role="combobox"
            aria-expanded="true"
            aria-controls={list}
            aria-activedescendant={chosen ? `${list}-${Math.min(at, rows.length - 1)}` : undefined}
            aria-autocomplete="list"
            aria-label={t('palette.placeholder')}
            placeholder={t('palette.placeholder')}
            spellCheck={false}
            autoComplete="off"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
          <Keys keys="Escape" />
        </div>
        <div className={classes.body} ref={body} id={list} role="listbox" aria-label={t('palette.label')}>
          {groups.map((group, groupAt) => (
            <div key={group.title} role="group" aria-labelledby={`${list}-g${groupAt}`}>
              <div className={classes.group} id={`${list}-g${groupAt}`} role="presentation">
                <span>{group.title}</span>
                <span className="rd-num">{group.note}</span>
              </div>
              {group.rows.map((row) => {
                index += 1;
                const mine = index;
                const key = row.kind === 'command' ? row.command.id : row.record.id;
                return <PaletteRow key={key} row={row} id={`${list}-${mine}`} chosen={row === chosen} onPoint={() => setAt(mine)} onRun={() => run(row)} />;
              })}
            </div>
          ))}
          {rows.length === 0 && (
            <div className={classes.nothing} role="option" aria-selected="false" aria-disabled="true">
              {found.searching ? t('palette.searching') : t('palette.nothing')}
              <span>{t('palette.nothingHint')}</span>
            </div>
          )}
        </div>
        <div className={classes.foot}>
          <IconInfoCircle {...icon14} />
          <span className={classes.consequence} role="status">
            <Consequence row={chosen} />
          </span>
          <span className={classes.hint}>
            <Keys keys="ArrowUp" />
            <Keys keys="ArrowDown" /> {t('palette.move')}
          </span>
          <span className={classes.hint}>
            <Keys keys="Enter" /> {chosen?.kind === 'command' && chosen.command.group !== 'pages' ? (chosen.command.effect && chosen.command.effect !== 'read' ? t('palette.openPlan') : t('palette.run')) : t('palette.open')}
          </span>
          <span className={classes.hint}>
            <Keys keys="Tab" /> {t('palette.narrow')}
          </span>
        </div>
    </Dialog>
  );
}

function Consequence({ row }: { row: Row | undefined }) {
  const t = useT('shell');
  if (!row) return null;
  if (row.kind === 'record') return <strong>{t('palette.opensRecord')}</strong>;
  const { command } = row;
  if (command.disabled) {
    return (
      <>
        <strong>{t('palette.cannot')}</strong> {command.disabled}
      </>
    );
  }
  if (command.consequence) {
    return (
      <>
        <strong>{command.consequence.lead}</strong> {command.consequence.rest}
      </>
    );
  }
  return <strong>{command.group === 'pages' ? t('palette.opensPage') : t('palette.runs')}</strong>;
}

function PaletteRow({ row, id, chosen, onPoint, onRun }: { row: Row; id: string; chosen: boolean; onPoint: () => void; onRun: () => void }) {
  const item = row.kind === 'command' ? row.command : row.record;
  const hits = row.kind === 'command' ? row.hits : row.record.hits;
  const disabled = row.kind === 'command' ? row.command.disabled : undefined;
  const Glyph = item.icon;
  return (
    <div id={id} role="option" aria-selected={chosen} aria-disabled={disabled ? true : undefined} className={classes.row} onPointerMove={onPoint} onClick={onRun}>
      <Glyph {...icon16} />
      <span className={classes.title}>
        {runsOf(item.title, hits).map((part, at) =>
          part.marked ? (
            // Parts of one title have no identity of their own.
            // eslint-disable-next-line react/no-array-index-key
            <mark key={at}>{part.text}</mark>
          ) : (
            part.text
          ),
        )}
      </span>
      {item.aside && <span className={classes.aside}>{item.aside}</span>}
      <span className={classes.end}>
        {disabled && (
          <span className={classes.why}>
            <IconLock {...icon14} />
            {disabled}
          </span>
        )}
        {row.kind === 'command' && !disabled && row.command.effect && <EffectTag effect={row.command.effect} />}
        {row.kind === 'command' && !disabled && row.command.keys && <Keys keys={row.command.keys} />}
        {row.kind === 'record' && row.record.state && <StatePill area={row.record.state.area} state={row.record.state.word} />}
      </span>
    </div>
  );
}
