import { IconCamera, IconEraser, IconPlayerPlay } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { schemeVariables } from '@/app/theme/theme';
import { profileColours, type ProfileColour, type Scheme } from '@/app/theme/tokens';
import { OneToast } from '@/app/toasts/Toasts';
import { ActionButton, EffectTag, Field, FilterChip, Money, StatePill, type StateArea } from '@/components';
import classes from './PartsPage.module.css';

/** Every small part in both themes at once; only in development builds, so its words are not translated. */
export function PartsPage() {
  return (
    <div className={classes.page}>
      <Half scheme="light" />
      <Half scheme="dark" />
    </div>
  );
}

const quiet: readonly [StateArea, string, Record<string, string>?][] = [
  ['server', 'running'], ['server', 'stopped'], ['server', 'provisioning'], ['server', 'restarting'],
  ['server', 'rescue'], ['server', 'suspended'], ['server', 'ending', { date: '28 Nov' }], ['action', 'held'],
  ['action', 'ready'], ['action', 'retryable'], ['action', 'succeeded'], ['action', 'cancelled'],
  ['invoice', 'paid'], ['invoice', 'unpaid'], ['invoice', 'draft'], ['action', 'pending_proof'],
];
const tinted: readonly [StateArea, string][] = [
  ['action', 'unknown'], ['action', 'failed'], ['server', 'error'], ['invoice', 'overdue'], ['server', 'running'], ['server', 'provisioning'], ['server', 'stopped'],
];
const grounds = ['chrome', 'surface', 'sunken', 'raised', 'hover', 'pressed', 'line', 'line-strong', 'field-line', 'accent', 'accent-tint'];

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.part}>
      <h2>{title}</h2>
      <div className={classes.flow}>{children}</div>
    </section>
  );
}

function Half({ scheme }: { scheme: Scheme }) {
  const nothing = () => undefined;
  return (
    <div className={classes.half} style={schemeVariables(scheme, 'petrol') as React.CSSProperties}>
      <header className={classes.head}>
        <strong>{scheme === 'light' ? 'Light' : 'Dark'}</strong>
        <span>chrome, surface, sunken, raised, hover, pressed, two lines, accent, tint</span>
        <span className={classes.swatches}>
          {grounds.map((name) => (
            <i key={name} style={{ background: `var(--rd-${name})` }} />
          ))}
        </span>
      </header>
      <Part title="Type">
        <div className={classes.type}>
          <span style={{ fontSize: 20, fontWeight: 600, letterSpacing: '-0.017em' }}>20 Page</span>
          <span style={{ fontSize: 15, fontWeight: 600, letterSpacing: '-0.01em' }}>15 Section</span>
          <span>13 Body</span>
          <span style={{ color: 'var(--rd-text2)' }}>13 second</span>
          <span style={{ fontSize: 12, color: 'var(--rd-text2)' }}>12 detail</span>
          <span style={{ fontSize: 11, fontWeight: 500, color: 'var(--rd-text3)' }}>11 column</span>
          <span className="rd-mono">12 mono 0O1l</span>
          <span style={{ marginInlineStart: 'auto' }}>
            <Money value={{ amount: '1284.50', currency: 'EUR' }} />
          </span>
        </div>
      </Part>
      <Part title="States, quiet">
        <div className={classes.four}>
          {quiet.map(([area, state, values]) => (
            <StatePill key={area + state} area={area} state={state} {...(values ? { values } : {})} />
          ))}
        </div>
      </Part>
      <Part title="States that need a person, and page headers">
        {tinted.map(([area, state]) => (
          <StatePill key={area + state} area={area} state={state} tinted />
        ))}
      </Part>
      <Part title="Effect of a change">
        {(['keep', 'restart', 'wipe', 'blocked', 'money', 'mail', 'read'] as const).map((effect) => (
          <EffectTag key={effect} effect={effect} />
        ))}
      </Part>
      <Part title="Buttons">
        <ActionButton look="primary" action={{ id: 'a', label: 'Approve', keys: 'mod+Enter', run: nothing }} />
        <ActionButton action={{ id: 'b', label: 'Snapshot', icon: IconCamera, run: nothing }} />
        <ActionButton look="danger" action={{ id: 'c', label: 'Reinstall…', icon: IconEraser, run: nothing }} />
        <ActionButton look="erase" action={{ id: 'd', label: 'Erase', icon: IconEraser, run: nothing }} />
        <ActionButton action={{ id: 'e', label: 'Start', icon: IconPlayerPlay, disabled: 'It runs already', run: nothing }} />
        <span className={classes.tip}>It runs already</span>
      </Part>
      <Part title="Filter chips">
        <FilterChip field={{ field: 'region', label: 'Region', kind: 'choice' }} filter={{ field: 'region', op: 'is', values: ['EU', 'UK', 'SIN'] }} onChange={nothing} onRemove={nothing} />
        <FilterChip field={{ field: 'margin', label: 'Margin', kind: 'number' }} filter={{ field: 'margin', op: 'under', values: ['35%'] }} onChange={nothing} onRemove={nothing} />
        <FilterChip field={{ field: 'due', label: 'Due', kind: 'duration' }} filter={{ field: 'due', op: 'within', values: ['7d'] }} onChange={nothing} onRemove={nothing} />
      </Part>
      <Part title="Fields">
        <div className={classes.three}>
          <Field label="Display name" defaultValue="vps-dana-1" help="Letters, digits, space, . _ -" />
          <Field label="Monthly price" defaultValue="12.90" unit="EUR" help="Margin 41.9%, floor 35%" />
          <Field label="Snapshot name" defaultValue="before/update" error="No “/”: letters, digits, dash" />
        </div>
      </Part>
      <Part title="Toasts">
        <div className={classes.toasts}>
          <OneToast toast={{ id: 1, shownAt: 0, profile: '', look: 'pending', title: '19 restarts queued', detail: 'pending proof from Contabo', action: { label: 'Queue', run: nothing } }} />
          <OneToast toast={{ id: 2, shownAt: 0, profile: '', look: 'done', title: 'Tag prod added to 4 servers', detail: 'proved 14:02:31', undo: { label: 'Undo', seconds: 8, run: nothing } }} />
          <OneToast toast={{ id: 3, shownAt: 0, profile: '', look: 'unknown', title: '1 action is unknown', detail: 'it may have happened; nothing is resent', action: { label: 'Settle', run: nothing } }} />
        </div>
      </Part>
      <Part title="Profile bars">
        <div className={classes.bars}>
          {(Object.keys(profileColours) as ProfileColour[]).map((name) => (
            <span key={name}>
              <i style={{ background: profileColours[name][scheme].bar }} />
              {name}
            </span>
          ))}
          <span>
            <i style={{ background: 'repeating-linear-gradient(135deg, var(--rd-field-line) 0 4px, transparent 4px 8px)' }} />
            demo
          </span>
        </div>
      </Part>
    </div>
  );
}
