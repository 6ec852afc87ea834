import { useT } from '@/app/i18n';
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
  const t = useT('common');
  if (!value) return <span>—</span>;
  // While a first copy runs an amount may come before its currency.
  const unknown = value.currency === '' ? { 'data-tip': t('money.noCurrency') } : {};
  return (
    <span className={classes.money} data-tone={value.currency === '' ? 'cost' : tone} dir="ltr" {...unknown}>
      {formatMoney(value, { mixed })}
    </span>
  );
}

/** Sums, one line per currency, never mixed. Where two share a sign (`$`), each says whose it is. */
export function MoneySum({ values }: { values: readonly Amount[] }) {
  const signs = values.map((value) => formatMoney({ amount: '0', currency: value.currency }));
  const mixed = new Set(signs).size < signs.length;
  if (values.length === 0) return <span>—</span>;
  return (
    <span className={classes.sum}>
      {values.map((value) => (
        <Money key={value.currency} value={value} mixed={mixed} />
      ))}
    </span>
  );
}
