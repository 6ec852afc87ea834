/** Text that looks translated: accented, a third longer, in brackets. What it does not touch was not translated. */
const accents: Record<string, string> = {
  a: 'á', b: 'ƀ', c: 'ç', d: 'ð', e: 'é', f: 'ƒ', g: 'ĝ', h: 'ĥ', i: 'î', j: 'ĵ', k: 'ķ', l: 'ļ', m: 'ɱ', n: 'ñ',
  o: 'ö', p: 'þ', q: 'ǫ', r: 'ŕ', s: 'š', t: 'ţ', u: 'û', v: 'ṽ', w: 'ŵ', x: 'ẋ', y: 'ý', z: 'ž',
  A: 'Å', B: 'Ɓ', C: 'Ç', D: 'Ð', E: 'É', F: 'Ƒ', G: 'Ĝ', H: 'Ĥ', I: 'Î', J: 'Ĵ', K: 'Ķ', L: 'Ļ', M: 'Ṁ', N: 'Ñ',
  O: 'Ö', P: 'Þ', Q: 'Ǫ', R: 'Ŕ', S: 'Š', T: 'Ţ', U: 'Û', V: 'Ṽ', W: 'Ŵ', X: 'Ẋ', Y: 'Ý', Z: 'Ž',
};

/** Placeholders, tags and nested keys stay as they are. */
const kept = /(\{\{[^}]*\}\}|<[^>]*>|\$t\([^)]*\))/;

export function pseudoText(text: string): string {
  if (text === '') return text;
  const body = text
    .split(kept)
    .map((part) => (kept.test(part) ? part : [...part].map((c) => accents[c] ?? c).join('')))
    .join('');
  return `⟦${body}${'·'.repeat(Math.ceil(text.replace(new RegExp(kept, 'g'), '').length * 0.35))}⟧`;
}

export function pseudoTree<T>(tree: T): T {
  if (typeof tree === 'string') return pseudoText(tree) as T;
  return Object.fromEntries(Object.entries(tree as object).map(([key, value]) => [key, pseudoTree(value)])) as T;
}
