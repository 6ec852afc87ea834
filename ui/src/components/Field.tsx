import { Input, TextInput, type TextInputProps } from '@mantine/core';
import { IconAlertCircle, IconLock } from '@tabler/icons-react';
import { forwardRef, type ReactNode } from 'react';
import { useT } from '@/app/i18n';
import { icon13, icon14 } from './icon';
import classes from './Field.module.css';

function errorLine(error: ReactNode): ReactNode {
  if (!error) return undefined;
  return (
    <>
      <IconAlertCircle {...icon14} />
      <span>{error}</span>
    </>
  );
}

function labelLine(label: ReactNode, optional: boolean | undefined, word: string): ReactNode {
  return optional ? (
    <>
      {label} <span className={classes.optional}>{word}</span>
    </>
  ) : (
    label
  );
}

export interface FieldProps extends Omit<TextInputProps, 'description' | 'error'> {
  /** Under the field; an error takes its place. */
  help?: ReactNode;
  /** What is wrong and what is allowed. */
  error?: ReactNode;
  optional?: boolean;
  unit?: ReactNode;
  mono?: boolean;
}

/** Label above, field 32, help below; an error replaces the help. Takes `register(…)` of a form as it is. */
export const Field = forwardRef<HTMLInputElement, FieldProps>(function Field({ help, error, optional, unit, mono, label, ...rest }, ref) {
  const t = useT('common');
  return (
    <TextInput
      ref={ref}
      spellCheck={false}
      autoComplete="off"
      label={labelLine(label, optional, t('optional'))}
      description={error ? undefined : help}
      error={errorLine(error)}
      rightSection={unit ? <span className={classes.unit}>{unit}</span> : undefined}
      rightSectionWidth={unit ? 'auto' : undefined}
      {...(mono ? { styles: { input: { fontFamily: 'var(--rd-mono)', fontSize: 12 } } } : {})}
      {...rest}
    />
  );
});

export interface SecretFieldProps extends Omit<TextInputProps, 'description' | 'error'> {
  help?: ReactNode;
  error?: ReactNode;
  optional?: boolean;
  /** One is stored already; leaving the field empty keeps it. */
  kept?: boolean;
  /** Held in memory for this session only. */
  session?: boolean;
}

/** A secret on its way in. It says where it is kept, is never drafted, and never comes back. */
export const SecretField = forwardRef<HTMLInputElement, SecretFieldProps>(function SecretField({ help, error, optional, kept, session, label, ...rest }, ref) {
  const t = useT('common');
  return (
    <TextInput
      ref={ref}
      type="password"
      spellCheck={false}
      autoComplete="off"
      label={labelLine(label, optional, t('optional'))}
      description={error ? undefined : help}
      error={errorLine(error)}
      placeholder={kept ? t('secret.kept') : undefined}
      rightSection={
        <span className={classes.where}>
          <IconLock {...icon13} />
          {session ? t('secret.session') : t('keychain')}
        </span>
      }
      rightSectionWidth="auto"
      {...rest}
    />
  );
});

/** Any other control with the same label, help and error. */
export function FieldShell({ label, help, error, optional, children }: { label: ReactNode; help?: ReactNode; error?: ReactNode; optional?: boolean; children: ReactNode }) {
  const t = useT('common');
  return (
    <Input.Wrapper label={labelLine(label, optional, t('optional'))} description={error ? undefined : help} error={errorLine(error)}>
      {children}
    </Input.Wrapper>
  );
}

/** Fields that share a row. */
export function FieldPair({ children }: { children: ReactNode }) {
  return <div className={classes.pair}>{children}</div>;
}

export interface FormShellProps {
  title?: ReactNode;
  intro?: ReactNode;
  /** Said above the buttons: where secrets go, what happens next. */
  note?: ReactNode;
  onSubmit: (event: React.FormEvent) => void;
  /** Cancel or Back at the start, the one primary button at the end. */
  back?: ReactNode;
  submit: ReactNode;
  /** Why Submit is disabled, or what it waits for. */
  waits?: ReactNode;
  children: ReactNode;
}

/** A form in one column of 420, its buttons at the foot. */
export function FormShell({ title, intro, note, onSubmit, back, submit, waits, children }: FormShellProps) {
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(event);
      }}
    >
      {title && <h1 className={classes.formTitle}>{title}</h1>}
      {intro && <p className={classes.intro}>{intro}</p>}
      <div className={classes.fields}>{children}</div>
      <div className={classes.foot}>
        {note && <div className={classes.note}>{note}</div>}
        <div className={classes.buttons}>
          {back}
          <span className={classes.waits}>{waits}</span>
          {submit}
        </div>
      </div>
    </form>
  );
}
