import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { Rich, useT } from '@/app/i18n';
import classes from './PlanDialog.module.css';

/** Where the typed text leaves the wanted one; -1 while it still fits. */
export function firstWrong(wanted: string, typed: string): number {
  for (let i = 0; i < typed.length; i++) if (typed[i] !== wanted[i]) return i;
  return -1;
}

/** Typing the name and the number shown. Pasting is refused: the hand should have time to think. */
export function Confirm({ wanted, typed, onTyped }: { wanted: string; typed: string; onTyped: (text: string) => void }) {
  const t = useT('plan');
  const [pasted, setPasted] = useState(false);
  const wrong = firstWrong(wanted, typed);
  const missing = wanted.length - typed.length;
  const state = pasted ? t('paste') : wrong >= 0 ? t('wrong', { at: wrong + 1 }) : missing > 0 ? t('missing', { count: missing }) : '';
  const refuse = (event: React.SyntheticEvent) => {
    event.preventDefault();
    setPasted(true);
  };
  return (
    <div className={classes.confirm}>
      <label htmlFor="plan-confirmation">
        <Rich k="plan:type" values={{ text: wanted }} parts={[<code key="w" className={classes.wanted} />]} />
      </label>
      <div className={classes.confirmRow}>
        <TextInput
          id="plan-confirmation"
          data-autofocus
          spellCheck={false}
          autoComplete="off"
          value={typed}
          aria-describedby="plan-confirmation-state"
          aria-invalid={wrong >= 0}
          error={wrong >= 0}
          styles={{ input: { fontFamily: 'var(--rd-mono)', fontSize: 12, width: 300 } }}
          onPaste={refuse}
          onDrop={refuse}
          onChange={(event) => {
            setPasted(false);
            onTyped(event.currentTarget.value);
          }}
        />
        <span id="plan-confirmation-state" role="status" className={classes.confirmState}>
          {state}
        </span>
      </div>
    </div>
  );
}
