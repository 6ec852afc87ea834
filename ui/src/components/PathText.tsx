/** A path that breaks at its slashes and not in the middle of a word. */
export function PathText({ text }: { text: string }) {
  return text.split(/(?<=[/?&])/).map((part, at) => (
    // Parts of one text have no identity of their own.
    // eslint-disable-next-line react/no-array-index-key
    <span key={at}>
      {part}
      <wbr />
    </span>
  ));
}
