import { Rich, type TextKey, useT } from '@/app/i18n';
import classes from './connect.module.css';

const asked: Record<'whmcs' | 'contabo', readonly TextKey[]> = {
  whmcs: ['welcome:needs.whmcs1', 'welcome:needs.whmcs2', 'welcome:needs.whmcs3'],
  contabo: ['welcome:needs.contabo1', 'welcome:needs.contabo2', 'welcome:needs.contabo3'],
};

/** What will be asked for, before it is. */
export function Needs() {
  const t = useT('welcome');
  return (
    <div className={classes.needs}>
      <h2>{t('needs.title')}</h2>
      <p>{t('needs.intro')}</p>
      {(['whmcs', 'contabo'] as const).map((side) => (
        <section key={side}>
          <h3>{t(`needs.${side}`)}</h3>
          <ul>
            {asked[side].map((key) => (
              <li key={key}>
                <Rich k={key} parts={[<strong key="strong" />]} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      <p>{t('needs.one')}</p>
    </div>
  );
}
