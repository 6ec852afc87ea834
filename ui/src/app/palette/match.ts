/**
 * Finds typed words in a title. All words must occur; hits at the start of a word count more. Answers the positions
 * that matched and how good it is, or null.
 */
export function matchWords(title: string, typed: string): { hits: number[]; score: number } | null {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const hay = title.toLowerCase();
  const hits = new Set<number>();
  let score = 0;
  for (const word of words) {
    const at = hay.indexOf(word);
    if (at < 0) return null;
    const starts = at === 0 || !/[\p{L}\p{N}]/u.test(hay[at - 1] ?? '');
    score += starts ? 3 : 1;
    for (let i = at; i < at + word.length; i++) hits.add(i);
  }
  return { hits: [...hits].sort((a, b) => a - b), score: score - title.length / 200 };
}

/** Runs of marked and plain text, for drawing. */
export function runsOf(title: string, hits: readonly number[]): { text: string; marked: boolean }[] {
  const marked = new Set(hits);
  const runs: { text: string; marked: boolean }[] = [];
  [...title].forEach((char, index) => {
    const on = marked.has(index);
    const last = runs.at(-1);
    if (last && last.marked === on) last.text += char;
    else runs.push({ text: char, marked: on });
  });
  return runs;
}
