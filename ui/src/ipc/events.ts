import type { QueryClient } from '@tanstack/react-query';
import { createStore } from '@/store';
import { events, type Progress, type Tag } from './bindings';
import { invalidateTags } from './hooks';

/** Jobs under way, by name. A finished one stays for a moment, so that its last figure can be read. */
export const progress = createStore<ReadonlyMap<string, Progress>>(new Map());

const LINGER_MS = 4000;
/** A sync tells many small changes; views read again at most this often. */
const THROTTLE_MS = 150;

/** Collects tags and hands them on at once, then no more often than every `ms`. */
export function throttledTags(hand: (tags: ReadonlySet<Tag>) => void, ms = THROTTLE_MS): (tags: readonly Tag[]) => void {
  let waiting = new Set<Tag>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    if (waiting.size === 0) return;
    const tags = waiting;
    waiting = new Set();
    timer = setTimeout(flush, ms);
    hand(tags);
  };
  return (tags) => {
    for (const tag of tags) waiting.add(tag);
    if (timer === undefined) flush();
  };
}

function note(job: Progress): void {
  progress.set((before) => new Map(before).set(job.job, job));
  if (job.state === 'running') return;
  setTimeout(() => {
    progress.set((before) => {
      if (before.get(job.job) !== job) return before;
      const after = new Map(before);
      after.delete(job.job);
      return after;
    });
  }, LINGER_MS);
}

/** Starts listening; answers with the way to stop. */
export function listenToCore(client: QueryClient): () => void {
  const changed = throttledTags((tags) => invalidateTags(client, tags));
  const stops = [
    events.tagsChanged.listen((event) => changed(event.payload.tags)),
    events.progress.listen((event) => note(event.payload)),
  ];
  return () => {
    for (const stop of stops) void stop.then((unlisten) => unlisten());
  };
}
