import { Fragment, type ReactNode, useMemo } from 'react';
import { useT } from '@/app/i18n';
import classes from './CodeBlock.module.css';

/** How the core writes a hidden secret into what it keeps. */
export const REDACTED = /\[redacted\]|\[hidden\]|\*{3,}|‹redacted›/g;

export interface CodeBlockProps {
  text: string;
  /** `json` is set out and coloured; what is no JSON is shown as it came. */
  language?: 'json' | 'text';
  /** Marks where a search hit. */
  mark?: string;
  label: string;
}

/** Foreign text is text: nothing in it is ever run or loaded. Past this many characters it is not coloured. */
const MOST_COLOURED = 100_000;

function setOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return /^\s*[[{]/.test(text) ? indent(text) : text;
  }
}

/** Sets out JSON that was cut off or is not quite right: only line ends and spaces are added, nothing is judged. */
export function indent(text: string): string {
  const piece = /"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^"{}[\],:]+/gs;
  let depth = 0;
  const out: string[] = [];
  let empty = false;
  const line = () => `\n${'  '.repeat(Math.max(0, depth))}`;
  for (const [part] of text.matchAll(piece)) {
    if (part === '{' || part === '[') {
      depth += 1;
      out.push(part, line());
      empty = true;
      continue;
    }
    if (part.trim() === '') continue;
    if (part === '}' || part === ']') {
      depth -= 1;
      // An empty one stays on its line.
      if (empty) out.pop();
      else out.push(line());
      out.push(part);
    } else if (part === ',') out.push(part, line());
    else out.push(part === ':' ? ': ' : part.trim());
    empty = false;
  }
  return out.join('');
}

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function withMarks(text: string, word: string, mark: string | undefined): ReactNode[] {
  const out: ReactNode[] = [];
  const pattern = new RegExp(`${REDACTED.source}${mark ? `|${mark.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}` : ''}`, 'gi');
  let from = 0;
  for (const hit of text.matchAll(pattern)) {
    out.push(text.slice(from, hit.index));
    const hidden = new RegExp(`^(?:${REDACTED.source})$`).test(hit[0]);
    out.push(
      <span key={hit.index} className={hidden ? classes.hidden : classes.mark}>
        {hidden ? word : hit[0]}
      </span>,
    );
    from = hit.index + hit[0].length;
  }
  out.push(text.slice(from));
  return out;
}

/** Text of a request or reply, in mono on sunken ground, with hidden secrets marked. */
export function CodeBlock({ text, language = 'text', mark, label }: CodeBlockProps) {
  const t = useT('common');
  const word = t('redacted');
  const content = useMemo(() => {
    const shown = language === 'json' ? setOut(text) : text;
    if (language !== 'json' || shown.length > MOST_COLOURED) return withMarks(shown, word, mark);
    const out: ReactNode[] = [];
    let from = 0;
    for (const hit of shown.matchAll(token)) {
      if (hit.index > from) out.push(shown.slice(from, hit.index));
      const [all, quoted, colon] = hit;
      const isHidden = quoted !== undefined && new RegExp(`^"(?:${REDACTED.source})"$`).test(quoted);
      if (isHidden) {
        out.push(<span key={hit.index} className={classes.hidden}>{word}</span>, colon ?? '');
      } else {
        out.push(
          <Fragment key={hit.index}>
            <span className={quoted === undefined || colon !== undefined ? undefined : classes.string}>{withMarks(quoted ?? all, word, mark)}</span>
            {quoted === undefined ? '' : (colon ?? '')}
          </Fragment>,
        );
      }
      from = hit.index + all.length;
    }
    out.push(shown.slice(from));
    return out;
  }, [text, language, mark, word]);
  return (
    // A region that scrolls must be reachable by keyboard.
    <pre className={classes.code} tabIndex={0} role="region" aria-label={label}>
      <code>{content}</code>
    </pre>
  );
}
