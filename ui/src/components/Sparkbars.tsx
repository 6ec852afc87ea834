import classes from './Sparkbars.module.css';

export interface SparkBar {
  from: string;
  all: number;
  /** Bad ones among them, drawn at the foot. */
  bad: number;
}

export interface SparkbarsProps {
  bars: readonly SparkBar[];
  /** Each bar in words: "14:02, 31 calls, 2 failed". */
  describe: (bar: SparkBar) => string;
  label: string;
  /** Marks under the bars, spread evenly. */
  ticks?: readonly string[];
  onChoose?: (bar: SparkBar) => void;
}

/** How many, over time: the log's histogram. */
export function Sparkbars({ bars, describe, label, ticks = [], onChoose }: SparkbarsProps) {
  const most = Math.max(1, ...bars.map((bar) => bar.all));
  return (
    <figure className={classes.figure} aria-label={label}>
      <div className={classes.bars}>
        {bars.map((bar) => {
          const content = (
            <>
              <span className={classes.all} style={{ height: `${bar.all === 0 ? 0 : Math.max(6, (bar.all / most) * 100)}%` }}>
                {bar.bad > 0 && <span className={classes.bad} style={{ height: `${Math.max(18, (bar.bad / bar.all) * 100)}%` }} />}
              </span>
            </>
          );
          return onChoose ? (
            <button key={bar.from} type="button" tabIndex={-1} className={classes.bar} title={describe(bar)} aria-label={describe(bar)} onClick={() => onChoose(bar)}>
              {content}
            </button>
          ) : (
            <span key={bar.from} className={classes.bar} title={describe(bar)}>
              {content}
            </span>
          );
        })}
      </div>
      {ticks.length > 0 && (
        <figcaption className={classes.ticks}>
          {ticks.map((tick) => (
            <span key={tick}>{tick}</span>
          ))}
        </figcaption>
      )}
    </figure>
  );
}
