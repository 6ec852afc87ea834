import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Component, type ReactNode } from 'react';
import { text } from '@/app/i18n';
import { EmptyState } from '@/components/ListStates';

/** What stands in place of a view that broke. */
export function Broken({ error, again }: { error: Error; again?: () => void }) {
  return (
    <div style={{ padding: 'var(--rd-gutter)' }}>
      <EmptyState
        icon={IconAlertTriangle}
        title={text('errorPage.title')}
        text={text('errorPage.text')}
        actions={
          <>
            <Button onClick={again ?? (() => window.location.reload())}>{text('errorPage.again')}</Button>
            <details>
              <summary>{text('errorPage.details')}</summary>
              <pre className="rd-mono rd-select" style={{ whiteSpace: 'pre-wrap' }}>
                {error.message}
              </pre>
            </details>
          </>
        }
      />
    </div>
  );
}

interface BoundaryState {
  broken: Error | null;
  place: string;
}

/** A view that breaks takes no other view with it: going elsewhere starts afresh. Drafts are kept outside of views. */
export class ErrorBoundary extends Component<{ children: ReactNode; place?: string }, BoundaryState> {
  override state: BoundaryState = { broken: null, place: this.props.place ?? '' };

  static getDerivedStateFromError(broken: Error) {
    return { broken };
  }

  static getDerivedStateFromProps({ place = '' }: { place?: string }, state: BoundaryState) {
    return place === state.place ? null : { broken: null, place };
  }

  override render() {
    const { broken } = this.state;
    return broken ? <Broken error={broken} again={() => this.setState({ broken: null })} /> : this.props.children;
  }
}
