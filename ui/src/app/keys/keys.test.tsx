import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { type KeyBinding, listedKeys, useKeys } from './keys';

function Scope({ title, bindings, modal = false }: { title: string; bindings: KeyBinding[]; modal?: boolean }) {
  useKeys(title, bindings, { modal });
  return null;
}

it('runs sequences and single keys, and leaves typing alone', async () => {
  const go = vi.fn();
  const sheet = vi.fn();
  const found = vi.fn();
  const user = userEvent.setup();
  const view = render(
    <>
      <Scope title="All" bindings={[{ keys: 'g s', run: go }, { keys: '?', label: 'Keys', run: sheet }, { keys: 'mod+k', run: found, inFields: true }]} />
      <input aria-label="field" />
    </>,
  );
  await user.keyboard('gs?');
  expect(go).toHaveBeenCalledOnce();
  expect(sheet).toHaveBeenCalledOnce();
  await user.type(view.getByLabelText('field'), 'gs?');
  expect(go).toHaveBeenCalledOnce();
  expect(view.getByLabelText('field')).toHaveProperty('value', 'gs?');
  await user.keyboard('{Control>}k{/Control}');
  expect(found).toHaveBeenCalledOnce();
});

it('asks the newest view first, and nothing below a modal one', async () => {
  const below = vi.fn();
  const above = vi.fn();
  const user = userEvent.setup();
  const view = render(<Scope title="Page" bindings={[{ keys: 'x', label: 'Below', run: below }, { keys: 'y', label: 'Only below', run: below }]} />);
  const second = render(<Scope title="Dialog" modal bindings={[{ keys: 'x', label: 'Above', run: above }]} />);
  await user.keyboard('xy');
  expect(above).toHaveBeenCalledOnce();
  expect(below).not.toHaveBeenCalled();
  expect(listedKeys()).toEqual([{ title: 'Dialog', keys: [{ keys: 'x', label: 'Above' }] }]);
  second.unmount();
  await user.keyboard('x');
  expect(below).toHaveBeenCalledOnce();
  view.unmount();
  expect(listedKeys()).toEqual([]);
});

it('passes on what a view does not want', async () => {
  const mine = vi.fn();
  const other = vi.fn();
  render(<Scope title="A" bindings={[{ keys: 'Enter', run: other }]} />);
  render(<Scope title="B" bindings={[{ keys: 'Enter', run: mine, when: () => false }]} />);
  await userEvent.setup().keyboard('{Enter}');
  expect(mine).not.toHaveBeenCalled();
  expect(other).toHaveBeenCalledOnce();
});

it('leaves Escape to an open menu', async () => {
  const back = vi.fn();
  const user = userEvent.setup();
  const page = <Scope title="Page" bindings={[{ keys: 'Escape', run: back }]} />;
  const view = render(page);
  const menu = document.createElement('div');
  menu.className = 'mantine-Menu-dropdown';
  menu.tabIndex = 0;
  document.body.append(menu);
  menu.focus();
  await user.keyboard('{Escape}');
  expect(back).not.toHaveBeenCalled();
  menu.remove();
  view.rerender(page);
  await user.keyboard('{Escape}');
  expect(back).toHaveBeenCalledOnce();
});
