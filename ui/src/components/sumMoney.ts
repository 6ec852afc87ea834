import type { Amount } from './format';

const decimal = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Exact sums, one per currency in the order they come; nothing that is not a decimal is ever added up. */
export function sumMoney(amounts: readonly (Amount | null)[]): Amount[] {
  const sums = new Map<string, { units: bigint; scale: number }>();
  for (const one of amounts) {
    const parts = one && decimal.exec(one.amount);
    if (!one || !parts) continue;
    const [, sign = '', whole = '0', rest = ''] = parts;
    const units = BigInt(`${sign}${whole}${rest}`);
    const sum = sums.get(one.currency) ?? { units: 0n, scale: 0 };
    const scale = Math.max(sum.scale, rest.length);
    const raised = (value: bigint, from: number) => value * 10n ** BigInt(scale - from);
    sums.set(one.currency, { units: raised(sum.units, sum.scale) + raised(units, rest.length), scale });
  }
  return [...sums].map(([currency, { units, scale }]) => {
    const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
    const cut = digits.length - scale;
    return { amount: `${units < 0n ? '-' : ''}${digits.slice(0, cut)}${scale > 0 ? `.${digits.slice(cut)}` : ''}`, currency };
  });
}
