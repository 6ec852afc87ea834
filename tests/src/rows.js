// The rows of the table on the page, as a person reads them: an array of [number of the row, texts of its cells].
// Numbers and no elements: a row may be drawn anew before the answer has left the page.
const order = (row) => Number(row.getAttribute('aria-rowindex') ?? 0);
return [...document.querySelectorAll('[role=grid] [role=rowgroup] [role=row]')]
  .sort((a, b) => order(a) - order(b))
  .map((row) => [order(row), [...row.querySelectorAll('[role=gridcell]')].map((cell) => cell.innerText.replace(/\s+/g, ' ').trim())])
  .filter(([number, cells]) => number > 0 && cells.some((text) => text !== ''));
