import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useDraft } from './useDraft';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('keeps what was typed until it is accepted', () => {
  const first = renderHook(() => useDraft('reply-8841', ''));
  act(() => first.result.current.set('Dana, nothing will be erased.'));
  first.unmount();
  const second = renderHook(() => useDraft('reply-8841', ''));
  expect(second.result.current.value).toBe('Dana, nothing will be erased.');
  expect(second.result.current.dirty).toBe(true);
  act(() => second.result.current.forget());
  second.unmount();
  expect(renderHook(() => useDraft('reply-8841', '')).result.current.value).toBe('');
});

it('does not mix the drafts of two records', () => {
  const view = renderHook(({ id }) => useDraft(`note-${id}`, ''), { initialProps: { id: 1 } });
  act(() => view.result.current.set('for one'));
  view.rerender({ id: 2 });
  expect(view.result.current.value).toBe('');
  act(() => vi.runAllTimers());
  view.rerender({ id: 1 });
  expect(view.result.current.value).toBe('for one');
});

it('lives on in the view when there is no room', () => {
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  const view = renderHook(() => useDraft('a', ''));
  act(() => view.result.current.set('typed'));
  act(() => vi.runAllTimers());
  expect(view.result.current.value).toBe('typed');
});

it('starts afresh from what cannot be read', () => {
  localStorage.setItem('rackdesk.draft.b', '{broken');
  expect(renderHook(() => useDraft('b', 'start')).result.current.value).toBe('start');
});
