import { IconAlertCircle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useT } from '@/app/i18n';
import { formatCount } from '@/components/format';
import { icon16 } from '@/components/icon';
import type { Session } from '../session';
import { type Page, pages } from './pages';
import classes from './shell.module.css';

export function Sidebar({ session }: { session: Session }) {
  const t = useT('shell');
  const groups = ['customers', 'machines', 'work'] as const;
  return (
    <nav className={classes.side} aria-label={t('navigation')}>
      {groups.map((group) => (
        <div key={group} role="group" aria-labelledby={`nav-${group}`}>
          <div className={classes.group} id={`nav-${group}`}>
            {t(`group.${group}`)}
          </div>
          {pages.filter((page) => page.group === group).map((page) => (
            <Item key={page.id} page={page} session={session} />
          ))}
        </div>
      ))}
      <div className={classes.sideEnd}>
        {pages.filter((page) => page.group === null).map((page) => (
          <Item key={page.id} page={page} session={session} />
        ))}
      </div>
    </nav>
  );
}

function Item({ page, session }: { page: Page; session: Session }) {
  const t = useT('shell');
  const count = session.status && page.count ? page.count(session.status) : null;
  const Glyph = page.icon;
  return (
    <Link to={page.to} className={classes.nav} activeOptions={{ exact: false, includeSearch: false }} activeProps={{ 'aria-current': 'page' }} draggable={false}>
      <Glyph {...icon16} />
      <span>{t(`page.${page.id}`)}</span>
      {count && count.n > 0 && (
        <span className={classes.navCount} data-waits={count.waits || undefined} aria-label={count.waits ? t('waits', { count: count.n }) : undefined}>
          {count.waits && <IconAlertCircle size={13} stroke={2} aria-hidden />}
          {formatCount(count.n)}
        </span>
      )}
    </Link>
  );
}
