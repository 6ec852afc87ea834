import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Component, type ReactNode } from 'react';
import { text } from '@/app/i18n';
import { EmptyState } from '@/components/ListStates';

/** A view that breaks takes no other view with it. Drafts are kept outside of views. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { broken: Error | null }> {
  override state: { broken: Error | null } = { broken: null };

  static getDerivedStateFromError(broken: Error) {
    return { broken };
  }

  override render() {
    const { broken } = this.state;
    if (!broken) return this.props.children;
    return (
      <div style={{ padding: 'var(--rd-gutter)' }}>
        <EmptyState
          icon={IconAlertTriangle}
          title={text('errorPage.title')}
          text={text('errorPage.text')}
          actions={
            <>
              <Button onClick={() => this.setState({ broken: null })}>{text('errorPage.again')}</Button>
              <details>
                <summary>{text('errorPage.details')}</summary>
                <pre className="rd-mono rd-select" style={{ whiteSpace: 'pre-wrap' }}>
                  {broken.message}
                </pre>
              </details>
            </>
          }
        />
      </div>
    );
  }
}
