// Finds elements as a person or a screen reader would: by role and name. Arguments: role, name. Returns the visible
// element whose name is exactly that, or else the first whose name begins with it (a button's shortcut is part of its
// text), or null.
const [role, name] = arguments;
const roles = {
  button: 'button, [role=button], input[type=submit], summary',
  checkbox: 'input[type=checkbox], [role=checkbox]',
  link: 'a[href], [role=link]',
  textbox: 'input:not([type]), input[type=text], input[type=search], input[type=email], input[type=url], input[type=password], textarea, [role=textbox], [role=searchbox], [role=combobox]',
  heading: 'h1, h2, h3, h4, [role=heading]',
  row: 'tr, [role=row]',
  any: '*',
};
const squeeze = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
const visible = (node) => {
  if (node.getClientRects().length === 0) return false;
  const style = getComputedStyle(node);
  return style.visibility !== 'hidden' && style.opacity !== '0';
};
const called = (node) => {
  const by = node.getAttribute('aria-labelledby');
  const labelled = by && squeeze(by.split(/\s+/).map((id) => document.getElementById(id)?.textContent).join(' '));
  return (
    labelled ||
    squeeze(node.getAttribute('aria-label')) ||
    squeeze([...(node.labels ?? [])].map((label) => label.textContent).join(' ')) ||
    (node.matches('input, textarea') ? squeeze(node.placeholder) : squeeze(node.innerText)) ||
    squeeze(node.title)
  );
};
const found = [...document.querySelectorAll(roles[role] ?? `[role=${role}]`)].filter(visible);
const named = found.map((node) => [node, called(node)]);
const exact = named.filter(([, text]) => text === name);
// The innermost of several: `any` matches every ancestor too.
const hit = exact.at(role === 'any' ? -1 : 0) ?? named.find(([, text]) => role !== 'any' && text.startsWith(name));
return hit ? hit[0] : null;
