import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactElement } from 'react';
import { expect, it, vi } from 'vitest';
import { expectAccessible, show } from '@/test/render';
import { ErrorBoundary } from './ErrorBoundary';
import { ThemeProvider } from './theme/ThemeProvider';

it('a view that breaks takes no other with it, and can be opened again', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  let broken = true;
  const View = ({ name = 'rows' }: { name?: string }) => {
    if (broken) throw new Error('no such column');
    return <p>{name}</p>;
  };
  show(
    <>
      <p>the frame</p>
      <ErrorBoundary>
        <View />
      </ErrorBoundary>
    </>,
  );
  expect(screen.getByText('the frame')).toBeDefined();
  expect(screen.getByText('This view stopped working')).toBeDefined();
  expect(screen.getByText('no such column')).toBeDefined();
  await expectAccessible();
  broken = false;
  await userEvent.setup().click(screen.getByRole('button', { name: 'Try again' }));
  expect(screen.getByText('rows')).toBeDefined();
});

it('going elsewhere leaves the broken view behind', () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const Broken = () => {
    throw new Error('no such column');
  };
  const at = (place: string, view: ReactElement) => (
    <ThemeProvider colour="petrol">
      <ErrorBoundary place={place}>{view}</ErrorBoundary>
    </ThemeProvider>
  );
  const view = render(at('/servers', <Broken />));
  expect(screen.getByText('This view stopped working')).toBeDefined();
  view.rerender(at('/queue', <p>queue</p>));
  expect(screen.getByText('queue')).toBeDefined();
});
