import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCopy, IconRefresh } from '@tabler/icons-react';
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { useCopy } from '@/components/CopyId';
import { Dialog } from '@/components/Dialog';
import { icon16 } from '@/components/icon';
import { Keys } from '@/components/Keys';
import { EmptyState } from '@/components/ListStates';
import classes from './ErrorBoundary.module.css';

/** What a person hands to whoever mends it: where, when, what broke and in which part. Nothing that was shown or typed. */
function detailsOf(error: Error, parts: string): string {
  const address = window.location.hash.replace(/\?.*$/, '');
  return [`Rackdesk · ${new Date().toISOString()} · ${address || '/'}`, navigator.userAgent, '', error.stack?.includes(error.message) ? error.stack : `${error.message}\n${error.stack ?? ''}`, parts].join('\n').trimEnd();
}

interface BrokenProps {
  error: Error;
  /** The parts of the view around the fault, innermost first. */
  parts?: string;
  again?: (() => void) | undefined;
  title?: string;
  hint?: string;
  /** Beside “Try again”: the way out. */
  leave?: ReactNode;
}

/** What stands in place of a view that broke. */
export function Broken({ error, parts = '', again, title, hint, leave }: BrokenProps) {
  const t = useT('common');
  const { copied, copy } = useCopy();
  return (
    <div className={classes.broken} role="alert">
      <EmptyState
        icon={IconAlertTriangle}
        title={title ?? t('errorPage.title')}
        text={hint ?? t('errorPage.text')}
        actions={
          <>
            <Button leftSection={<IconRefresh {...icon16} />} onClick={again ?? (() => window.location.reload())}>
              {t('errorPage.again')}
            </Button>
            <Button leftSection={copied ? <IconCheck {...icon16} /> : <IconCopy {...icon16} />} onClick={() => copy(detailsOf(error, parts))}>
              {copied ? t('copied') : t('errorPage.copy')}
            </Button>
            {leave}
          </>
        }
      />
      <details className={classes.details}>
        <summary>{t('errorPage.details')}</summary>
        <pre className="rd-mono rd-select">{error.message}</pre>
      </details>
    </div>
  );
}

/** The same where a dialog was: the view below it goes on. */
function BrokenDialog({ onLeave, ...broken }: BrokenProps & { onLeave: () => void }) {
  const t = useT('common');
  useKeys(t('errorPage.dialog'), [{ keys: 'Escape', label: t('close'), run: onLeave, inFields: true }], { modal: true });
  return (
    <Dialog onClose={onLeave} width={520} label={t('errorPage.dialog')} closeOnEscape={false}>
      <Broken
        {...broken}
        title={t('errorPage.dialog')}
        hint={t('errorPage.dialogText')}
        leave={
          <Button variant="subtle" onClick={onLeave} rightSection={<Keys keys="Escape" />}>
            {t('close')}
          </Button>
        }
      />
    </Dialog>
  );
}

interface BoundaryState {
  broken: Error | null;
  parts: string;
  place: string;
}

interface BoundaryProps {
  children: ReactNode;
  /** Another place starts afresh. */
  place?: string;
  /** A dialog stood here: it is closed by this, and nothing else on the screen is touched. */
  onLeave?: () => void;
}

/** A view that breaks takes no other view with it: going elsewhere starts afresh. Drafts are kept outside of views. */
export class ErrorBoundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { broken: null, parts: '', place: this.props.place ?? '' };

  static getDerivedStateFromError(thrown: unknown) {
    return { broken: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  static getDerivedStateFromProps({ place = '' }: BoundaryProps, state: BoundaryState) {
    return place === state.place ? null : { broken: null, parts: '', place };
  }

  override componentDidCatch(_: unknown, info: ErrorInfo) {
    this.setState({ parts: info.componentStack ?? '' });
  }

  override render() {
    const { broken, parts } = this.state;
    const { onLeave, children } = this.props;
    if (!broken) return children;
    const again = () => this.setState({ broken: null, parts: '' });
    if (!onLeave) return <Broken error={broken} parts={parts} again={again} />;
    const leave = () => {
      onLeave();
      again();
    };
    return <BrokenDialog error={broken} parts={parts} again={again} onLeave={leave} />;
  }
}
