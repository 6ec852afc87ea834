import { IconArrowsDiff, IconCheck, IconMinus } from '@tabler/icons-react';
import { useT } from '@/app/i18n';
import { CopyId, formatFullDay, formatMoney, icon14, phraseText, StatePill, wordOf } from '@/components';
import type { FactRow } from '@/ipc';
import classes from './ServerPage.module.css';

/** What both sides say, fact by fact. Only a differing one is on a tint. */
export function Facts({ facts }: { facts: readonly FactRow[] }) {
  const t = useT('servers');
  return (
    <table className={classes.facts} aria-label={t('page.factsLabel')}>
      <thead>
        <tr>
          <th scope="col">{t('page.fact')}</th>
          <th scope="col">{t('page.whmcsSays')}</th>
          <th scope="col">{t('page.contaboSays')}</th>
          <th scope="col">{t('page.verdict')}</th>
        </tr>
      </thead>
      <tbody>
        {facts.map((fact) => (
          <tr key={fact.fact}>
            <th scope="row">{wordOf(`servers:fact.${fact.fact}`, fact.fact)}</th>
            <td>
              <Said fact={fact.fact} text={fact.whmcs} />
            </td>
            <td>
              <Said fact={fact.fact} text={fact.contabo} theirs />
            </td>
            <td>
              <Verdict fact={fact} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Said({ fact, text, theirs = false }: { fact: string; text: string | null; theirs?: boolean }) {
  const t = useT('servers');
  if (text === null || text === '') return <span className={classes.none}>{t('page.nothing')}</span>;
  if (fact === 'status') return <StatePill area={theirs ? 'server' : 'service'} state={text} />;
  if (fact === 'ipv4' || fact === 'ipv6') return <CopyId value={text} />;
  const money = /^(-?[\d.]+) ([A-Z]{3})( .*)?$/.exec(text);
  if (fact === 'price' && money) return <span className="rd-select">{`${formatMoney({ amount: money[1] ?? '', currency: money[2] ?? '' })}${money[3] ?? ''}`}</span>;
  return <span className="rd-select">{/^\d{4}-\d{2}-\d{2}$/.test(text) ? formatFullDay(text) : text}</span>;
}

function Verdict({ fact }: { fact: FactRow }) {
  const t = useT('servers');
  const word = fact.reason ? phraseText(fact.reason) : t(`verdict.${fact.verdict}`);
  const Glyph = { agree: IconCheck, differ: IconArrowsDiff, one_sided: IconMinus }[fact.verdict];
  // Only one side has it, as it should be: nothing to read.
  if (fact.verdict === 'one_sided' && !fact.reason) return <span className={classes.none}>{word}</span>;
  return (
    <span className={classes.verdict} data-verdict={fact.verdict}>
      <Glyph {...icon14} />
      {word}
    </span>
  );
}
