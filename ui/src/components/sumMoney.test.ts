import { expect, it } from 'vitest';
import { sumMoney } from './sumMoney';

it('adds exactly, and never over currencies', () => {
  const of = (amount: string, currency = 'EUR') => ({ amount, currency });
  expect(sumMoney([of('0.1'), of('0.2'), null, of('3', 'USD'), of('-0.05')])).toEqual([of('0.25'), of('3', 'USD')]);
  expect(sumMoney([of('9007199254740993.01'), of('0.99')])).toEqual([of('9007199254740994.00')]);
  expect(sumMoney([of('-0.30'), of('0.10')])).toEqual([of('-0.20')]);
  expect(sumMoney([of('1e3'), of('twelve'), null])).toEqual([]);
});
