import { act, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { expectAccessible, show } from '@/test/render';
import { Day } from './RelativeTime';
import { Tips } from './Tips';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('tells the exact time to whoever rests on it, and goes at once', () => {
  show(
    <>
      <Tips />
      <Day at="2026-12-01" />
    </>,
  );
  const day = screen.getByText(/1 Dec/);
  fireEvent.pointerOver(day);
  expect(screen.queryByRole('tooltip')).toBeNull();
  act(() => vi.advanceTimersByTime(400));
  expect(screen.getByRole('tooltip').textContent).toBe('1 Dec 2026');
  fireEvent.keyDown(document.body, { key: 'Escape' });
  expect(screen.queryByRole('tooltip')).toBeNull();
});

it('says nothing about what has gone', () => {
  show(<Tips />);
  // Something outside of React, so that it can go as a row of a table does.
  const gone = document.body.appendChild(document.createElement('span'));
  gone.dataset['tip'] = 'late';
  fireEvent.pointerOver(gone);
  gone.remove();
  act(() => vi.advanceTimersByTime(1000));
  expect(screen.queryByRole('tooltip')).toBeNull();
});

it('keeps nobody out', async () => {
  vi.useRealTimers();
  show(<Day at="2026-12-01" />);
  await expectAccessible();
});
