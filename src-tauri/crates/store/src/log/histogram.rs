//! Calls over time.

use jiff::Timestamp;
use rusqlite::{Connection, params_from_iter};

use super::search::{Text, bounded, conditions};
use crate::{
    StoreError,
    list::{ListQuery, Today},
};

/// One bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Its start.
    pub from: Timestamp,
    /// Calls.
    pub calls: u32,
    /// Failed calls among them.
    pub failed: u32,
}

/// Bars without a gap, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    /// Seconds per bar.
    pub seconds: u32,
    /// At most [`MOST_BARS`].
    pub bars: Vec<Bar>,
}

const MOST_BARS: i64 = 90;
/// A search's histogram covers so many of its newest hits.
const HITS: usize = 20_000;
/// Lengths that people count time in, seconds.
const STEPS: [i64; 19] =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 604_800];

/// Counts the matching exchanges over time, the failed ones among them. With text, over the newest 20,000 hits.
///
/// # Errors
/// [`StoreError::Input`] when the question is wrong.
pub fn histogram(connection: &Connection, query: &ListQuery, today: &Today) -> Result<Histogram, StoreError> {
    let query = bounded(connection, query, today)?;
    if let Some(text) = Text::of(&query)? {
        let mut hits: Vec<(i64, bool)> = Vec::new();
        text.each(connection, today, None, true, HITS, "t.at AS at, t.outcome <> 'ok' AS failed", |row| {
            hits.push((row.get("at")?, row.get("failed")?));
            Ok(())
        })?;
        let (first, last) = (hits.iter().map(|h| h.0).min(), hits.iter().map(|h| h.0).max());
        let Some(mut bars) = first.zip(last).map(|(first, last)| Bars::new(first, last)) else {
            return Ok(Histogram { seconds: 1, bars: Vec::new() });
        };
        for (at, failed) in hits {
            bars.add(bars.index(at), 1, u32::from(failed));
        }
        return Ok(bars.done());
    }
    let condition = conditions(&query.filters, today)?;
    let values = || params_from_iter(condition.values.iter());
    let sql = format!("SELECT min(t.at), max(t.at) FROM exchange t WHERE {}", condition.sql);
    let (first, last): (Option<i64>, Option<i64>) =
        connection.prepare_cached(&sql)?.query_row(values(), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let Some(mut bars) = first.zip(last).map(|(first, last)| Bars::new(first, last)) else {
        return Ok(Histogram { seconds: 1, bars: Vec::new() });
    };
    let sql = format!(
        "SELECT (t.at - {}) / {} AS bar, count(*), sum(t.outcome <> 'ok') FROM exchange t WHERE {} GROUP BY bar",
        bars.start,
        bars.step * 1_000_000,
        condition.sql
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(values())?;
    while let Some(row) = rows.next()? {
        bars.add(row.get(0)?, row.get(1)?, row.get(2)?);
    }
    Ok(bars.done())
}

struct Bars {
    /// Microseconds.
    start: i64,
    /// Seconds.
    step: i64,
    counts: Vec<(u32, u32)>,
}

impl Bars {
    fn new(first: i64, last: i64) -> Self {
        let (first, last) = (first.div_euclid(1_000_000), last.div_euclid(1_000_000));
        let bars = |step: i64| last.div_euclid(step) - first.div_euclid(step) + 1;
        let step = STEPS.into_iter().find(|step| bars(*step) <= MOST_BARS).unwrap_or_else(|| {
            // Years of log: weeks, as many as it takes.
            let week = 604_800;
            week * (1 + (last - first) / (week * (MOST_BARS - 1)))
        });
        let start = first.div_euclid(step) * step * 1_000_000;
        Self { start, step, counts: vec![(0, 0); bars(step).clamp(1, MOST_BARS) as usize] }
    }

    fn index(&self, at: i64) -> i64 {
        (at - self.start).div_euclid(self.step * 1_000_000)
    }

    fn add(&mut self, bar: i64, calls: u32, failed: u32) {
        if let Some(count) = usize::try_from(bar).ok().and_then(|bar| self.counts.get_mut(bar)) {
            count.0 += calls;
            count.1 += failed;
        }
    }

    fn done(self) -> Histogram {
        let bars = (0_i64..)
            .zip(&self.counts)
            .map(|(n, (calls, failed))| Bar {
                from: Timestamp::from_microsecond(self.start + n * self.step * 1_000_000)
                    .unwrap_or(Timestamp::UNIX_EPOCH),
                calls: *calls,
                failed: *failed,
            })
            .collect();
        Histogram { seconds: u32::try_from(self.step).unwrap_or(u32::MAX), bars }
    }
}
