import { useEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import classes from './Tips.module.css';

/** How long somebody has to rest on a thing before it is explained. */
const REST_MS = 400;
const GAP = 6;

interface Shown {
  text: string;
  x: number;
  y: number;
  above: boolean;
}

/**
 * One tip for all that carry `data-tip`. A table draws hundreds of times and ids; none of them pays for a tip of its
 * own until somebody rests on it. The same words stand in the element's own text, date or label for screen readers.
 */
export function Tips() {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over: Element | null = null;
    const hide = () => {
      clearTimeout(timer);
      over = null;
      setShown(null);
    };
    const look = (event: Event) => {
      const target = event.target instanceof Element ? event.target.closest('[data-tip]') : null;
      if (target === over) return;
      hide();
      if (!target) return;
      over = target;
      timer = setTimeout(() => {
        const text = target.getAttribute('data-tip');
        if (!text || !target.isConnected) return;
        const box = target.getBoundingClientRect();
        const above = box.bottom + 40 > window.innerHeight;
        const x = Math.min(Math.max(box.left + box.width / 2, 80), window.innerWidth - 80);
        setShown({ text, x, y: above ? box.top - GAP : box.bottom + GAP, above });
      }, REST_MS);
    };
    const leave = (event: PointerEvent) => {
      if (!event.relatedTarget) hide();
    };
    document.addEventListener('pointerover', look);
    document.addEventListener('focusin', look);
    document.addEventListener('pointerout', leave);
    for (const name of ['pointerdown', 'keydown', 'wheel', 'focusout'] as const) document.addEventListener(name, hide, { passive: true });
    return () => {
      clearTimeout(timer);
      document.removeEventListener('pointerover', look);
      document.removeEventListener('focusin', look);
      document.removeEventListener('pointerout', leave);
      for (const name of ['pointerdown', 'keydown', 'wheel', 'focusout'] as const) document.removeEventListener(name, hide);
    };
  }, []);
  if (!shown) return null;
  return createPortal(
    <div className={classes.layer} dir="ltr">
      <div role="tooltip" className={classes.tip} dir="auto" data-above={shown.above || undefined} style={{ '--tip-x': `${shown.x}px`, '--tip-y': `${shown.y}px` } as React.CSSProperties}>
        {shown.text}
      </div>
    </div>,
    document.body,
  );
}
