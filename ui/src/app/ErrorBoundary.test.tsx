import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { expectAccessible, show } from '@/test/render';
import { ErrorBoundary } from './ErrorBoundary';

it('a view that breaks takes no other with it, and can be opened again', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  let broken = true;
  const View = () => {
    if (broken) throw new Error('no such column');
    return <p>rows</p>;
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
  await userEvent.setup().click(screen.getByRole('button', { name: 'Open it again' }));
  expect(screen.getByText('rows')).toBeDefined();
});
