import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeEach } from 'vitest';
import '@/app/i18n';
import { prefs } from '@/app/prefs';
import { toasts } from '@/app/toasts/toasts';

// Waiting ends as soon as there is an answer; a busy machine only makes it longer.
configure({ asyncUtilTimeout: 8000 });

// jsdom lays nothing out: give every element the room of a small window, so that virtual rows are drawn.
for (const name of ['offsetHeight', 'clientHeight']) Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => 640 });
for (const name of ['offsetWidth', 'clientWidth']) Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => 1200 });
window.matchMedia = (query) =>
  ({ matches: false, media: query, addEventListener: () => undefined, removeEventListener: () => undefined, addListener: () => undefined, removeListener: () => undefined, onchange: null, dispatchEvent: () => false }) as MediaQueryList;
window.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
// Fields that grow with their text listen for fonts, which jsdom has none of.
Object.defineProperty(document, 'fonts', { configurable: true, value: { addEventListener: () => undefined, removeEventListener: () => undefined } });
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.scrollTo = (() => undefined) as typeof Element.prototype.scrollTo;

const atFirst = prefs.get();
beforeEach(() => {
  localStorage.clear();
  prefs.set(atFirst);
  toasts.set([]);
});
afterEach(cleanup);
