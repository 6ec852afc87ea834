//! Lists that come in pages (quirks 39 to 44). Rows are added and removed while one reads, so pages overlap and gap.

use std::collections::HashSet;

use futures::Stream;
use rackdesk_wire::{Call, Sent};
use uuid::Uuid;

use crate::action::Action;
use crate::answer::Answer;
use crate::client::Client;
use crate::error::{Error, Problem};

/// Rows per page when the caller does not say. WHMCS documents no maximum; 25 is its default, which means forty times
/// as many requests as needed.
pub const DEFAULT_PAGE: u64 = 250;

/// An action whose answer is one page of a list.
pub trait Paged: Action + Clone {
    /// A row.
    type Row: Send;

    /// Asks for `count` rows after the first `start`.
    fn at(&mut self, start: u64, count: u64);

    /// Where the caller wants to begin.
    fn start(&self) -> u64;

    /// How many rows a page shall have, if the caller said so.
    fn count(&self) -> Option<u64>;

    /// Takes the rows out of an answer.
    fn rows(response: &mut Self::Response) -> Vec<Self::Row>;

    /// How many rows there are in all.
    fn total(response: &Self::Response) -> Option<u64>;

    /// What makes a row the same row on another page.
    fn id(row: &Self::Row) -> Option<u64>;
}

/// One page for a table.
#[derive(Debug, Clone)]
pub struct Page<R> {
    /// Rows in the order of WHMCS.
    pub rows: Vec<R>,
    /// Rows before this page.
    pub start: u64,
    /// Rows in all, when WHMCS said.
    pub total: Option<u64>,
    /// What came with it.
    pub notes: Answer<()>,
}

impl Client {
    /// One page: `count` rows after the first `start`.
    ///
    /// # Errors
    /// As [`Client::call`].
    pub async fn page<A: Paged>(&self, action: &A, start: u64, count: u64) -> Result<Page<A::Row>, Error> {
        let mut action = action.clone();
        action.at(start, count);
        let mut answer = self.call_with(&action, Call::fresh()).await?;
        let rows = A::rows(&mut answer.value);
        let total = A::total(&answer.value);
        Ok(Page { rows, start, total, notes: answer.map(|_| ()) })
    }

    /// Every row once, in pages, until the list ends. Memory stays that of a page and of the ids seen.
    ///
    /// Rows that move to a later page are not given again; when the total shrinks while reading, as many rows are
    /// read again, so that those that moved to an earlier page are not missed.
    pub fn rows<A: Paged>(&self, action: A) -> impl Stream<Item = Result<A::Row, Error>> + Send {
        let client = self.clone();
        async_stream::try_stream! {
            let mut reading = Reading::new(action.start(), action.count());
            while let Some((start, count)) = reading.next {
                let page = client.page(&action, start, count).await?;
                let request_id = page.notes.request_id;
                let fresh = reading.received(page.rows, page.total, A::id);
                let fresh = fresh.map_err(|received| no_progress::<A>(received, request_id))?;
                for row in fresh {
                    yield row;
                }
            }
        }
    }
}

fn no_progress<A: Action>(received: u64, request_id: Uuid) -> Error {
    Error {
        problem: Problem::NoProgress { received },
        action: A::NAME.to_owned(),
        message: format!("the same rows came again after {received}"),
        status: None,
        request_id,
        sent: Sent::Rejected,
    }
}

/// Where a reader of pages stands.
struct Reading {
    /// The next page to ask for.
    next: Option<(u64, u64)>,
    count: u64,
    total: Option<u64>,
    seen: HashSet<u64>,
    /// Rows given.
    given: u64,
    /// Pages in a row that held nothing new.
    stale: u32,
}

impl Reading {
    fn new(start: u64, count: Option<u64>) -> Self {
        let count = count.unwrap_or(DEFAULT_PAGE).max(1);
        Self { next: Some((start, count)), count, total: None, seen: HashSet::new(), given: 0, stale: 0 }
    }

    /// Takes in a page and gives the rows that are new; `Err` with the number of rows when there is no progress.
    fn received<R>(&mut self, rows: Vec<R>, total: Option<u64>, id: impl Fn(&R) -> Option<u64>) -> Result<Vec<R>, u64> {
        let Some((start, _)) = self.next.take() else { return Ok(Vec::new()) };
        let came = rows.len() as u64;
        if came == 0 {
            return Ok(Vec::new());
        }
        let fresh: Vec<R> = rows.into_iter().filter(|row| id(row).is_none_or(|id| self.seen.insert(id))).collect();
        self.given += fresh.len() as u64;
        self.stale = if fresh.is_empty() { self.stale + 1 } else { 0 };

        // Rows that were removed have moved as many others from this page to before it: read on from there.
        let removed = match (self.total, total) {
            (Some(before), Some(now)) => before.saturating_sub(now),
            _ => 0,
        };
        self.total = total.or(self.total);
        let next = if removed > 0 { start.saturating_sub(removed) } else { start + came };
        let more = self.total.is_none_or(|total| next < total);
        if self.stale >= 2 && more {
            return Err(self.given);
        }
        // A page of old rows can be the last one; without a total only an empty page ends the list.
        let ends = !more || (self.stale > 0 && self.total.is_none());
        self.next = (!ends).then_some((next, self.count));
        Ok(fresh)
    }
}

/// Says how an action is paged.
macro_rules! paged {
    ($($action:ident: $rows:ident of $row:ty, by $id:ident;)*) => {$(
        impl $crate::paging::Paged for $action {
            type Row = $row;

            fn at(&mut self, start: u64, count: u64) {
                self.limitstart = Some(start);
                self.limitnum = Some(count);
            }

            fn start(&self) -> u64 {
                self.limitstart.unwrap_or(0)
            }

            fn count(&self) -> Option<u64> {
                self.limitnum
            }

            fn rows(response: &mut Self::Response) -> Vec<$row> {
                std::mem::take(&mut response.$rows)
            }

            fn total(response: &Self::Response) -> Option<u64> {
                response.totalresults
            }

            fn id(row: &$row) -> Option<u64> {
                row.$id
            }
        }
    )*};
}
pub(crate) use paged;

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays a list of which rows come and go; `edit` changes it before each page.
    fn read(mut list: Vec<u64>, count: u64, edit: impl Fn(usize, &mut Vec<u64>)) -> Result<Vec<u64>, u64> {
        let mut reading = Reading::new(0, Some(count));
        let mut got = Vec::new();
        let mut pages = 0;
        while let Some((start, count)) = reading.next {
            edit(pages, &mut list);
            pages += 1;
            assert!(pages < 100, "it must end");
            let rows: Vec<u64> = list.iter().skip(start as usize).take(count as usize).copied().collect();
            got.extend(reading.received(rows, Some(list.len() as u64), |row| Some(*row))?);
        }
        Ok(got)
    }

    #[test]
    fn a_quiet_list_is_read_once_from_end_to_end() {
        for length in [0, 1, 9, 10, 11, 30] {
            let list: Vec<u64> = (1..=length).collect();
            assert_eq!(read(list.clone(), 10, |_, _| {}), Ok(list));
        }
    }

    #[test]
    fn rows_that_move_back_are_not_given_twice() {
        let got = read((1..=30).collect(), 10, |page, list| list.insert(0, 100 + page as u64)).unwrap();
        let unique: HashSet<_> = got.iter().collect();
        assert_eq!(unique.len(), got.len());
        assert!((1..=30).all(|row| got.contains(&row)));
    }

    #[test]
    fn rows_that_move_forward_are_not_missed() {
        let mut got = read((1..=30).collect(), 10, |page, list| {
            if page == 1 {
                list.drain(0..3);
            }
        })
        .unwrap();
        got.sort_unstable();
        assert_eq!(got, (1..=30).collect::<Vec<_>>(), "1 to 3 were read before they vanished");
    }

    #[test]
    fn a_server_that_always_gives_the_first_page_is_an_error_and_not_an_endless_list() {
        let mut reading = Reading::new(0, Some(2));
        assert_eq!(reading.received(vec![1, 2], Some(9), |row| Some(*row)), Ok(vec![1, 2]));
        assert_eq!(reading.received(vec![1, 2], Some(9), |row| Some(*row)), Ok(vec![]));
        assert_eq!(reading.received(vec![1, 2], Some(9), |row| Some(*row)), Err(2));
    }

    #[test]
    fn a_server_that_gives_fewer_rows_than_asked_for_is_followed_by_what_came() {
        let mut reading = Reading::new(0, Some(250));
        reading.received((0..100).collect(), Some(150), |row| Some(*row)).unwrap();
        assert_eq!(reading.next, Some((100, 250)));
        reading.received((100..150).collect(), Some(150), |row| Some(*row)).unwrap();
        assert_eq!(reading.next, None);
    }

    #[test]
    fn without_a_total_the_list_ends_with_an_empty_page_or_with_nothing_new() {
        let mut reading = Reading::new(0, Some(2));
        reading.received(vec![1, 2], None, |row| Some(*row)).unwrap();
        assert_eq!(reading.next, Some((2, 2)));
        reading.received(vec![1, 2], None, |row| Some(*row)).unwrap();
        assert_eq!(reading.next, None);
        let mut reading = Reading::new(0, Some(2));
        reading.received(vec![1, 2], None, |row| Some(*row)).unwrap();
        reading.received(Vec::<u64>::new(), None, |row| Some(*row)).unwrap();
        assert_eq!(reading.next, None);
    }
}
