import { type Amount, formatMoney } from './format';
import classes from './parts.module.css';

export interface MoneyProps {
  value: Amount | null | undefined;
  /** Cost is quieter than price; `bad` only for a loss. */
  tone?: 'price' | 'cost' | 'bad';
  /** The list mixes dollars: `US$`, `CA$`. */
  mixed?: boolean;
}

export function Money({ value, tone = 'price', mixed = false }: MoneyProps) {
  if (!value) return <span>—</span>;
  return (
    <span className={classes.money} data-tone={tone} dir="ltr">
      {formatMoney(value, { mixed })}
    </span>
  );
}

/** Sums, one line per currency, never mixed. */
export function MoneySum({ values }: { values: readonly Amount[] }) {
  const mixed = values.length > 1;
  if (values.length === 0) return <span>—</span>;
  return (
    <span className={classes.sum}>
      {values.map((value) => (
        <Money key={value.currency} value={value} mixed={mixed} />
      ))}
    </span>
  );
}
