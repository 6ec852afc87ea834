// The rows of the table on the page, as a person reads them: an array of [row element, texts of its cells].
const rows = [...document.querySelectorAll('[role=grid] [role=rowgroup] [role=row]')];
const order = (row) => Number(row.getAttribute('aria-rowindex') ?? 0);
return rows
  .sort((a, b) => order(a) - order(b))
  .map((row) => [row, [...row.querySelectorAll('[role=gridcell]')].map((cell) => cell.innerText.replace(/\s+/g, ' ').trim())])
  .filter(([row, cells]) => order(row) > 0 && cells.some((text) => text !== ''));
