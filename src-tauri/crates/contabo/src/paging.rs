//! Whole lists, page by page. Rows may move between pages while a list is read (something is created or deleted
//! meanwhile), so rows are told apart by their key; and a list that does not move on is an error, not an endless loop.

use std::collections::HashSet;

use async_stream::try_stream;
use futures::{Stream, TryStreamExt, pin_mut};
use rackdesk_wire::Call;
use uuid::Uuid;

use crate::client::Client;
use crate::error::Error;
use crate::operation::{Keyed, Operation, Paged};
use crate::reply::Page;

/// Rows per page; the official clients ask for as many (quirk 3).
pub const PAGE_SIZE: i64 = 100;

impl Client {
    /// The pages of a list without rows that an earlier page held. Filters and order are those of `operation`, its page
    /// is not.
    pub fn pages<O: Paged>(&self, operation: O, size: i64) -> impl Stream<Item = Result<Page<O::Item>, Error>> + Send {
        self.pages_for(operation, size, Call::fresh())
    }

    /// The same on behalf of `asker`: each page is recorded with its trace and action, under a request id of its own.
    pub fn pages_for<O: Paged>(
        &self,
        mut operation: O,
        size: i64,
        asker: Call,
    ) -> impl Stream<Item = Result<Page<O::Item>, Error>> + Send {
        let client = self.clone();
        try_stream! {
            let mut pager = Pager::default();
            loop {
                operation.turn_to(pager.page, size);
                let call = Call { request_id: Uuid::new_v4(), ..asker.clone() };
                let mut page = client.call_with(&operation, call).await?;
                let more = pager
                    .take(&mut page)
                    .map_err(|detail| Error::stuck(pager.page, &detail, O::ID))?;
                yield page;
                if !more {
                    break;
                }
            }
        }
    }

    /// The rows of a list.
    pub fn list<O: Paged>(&self, operation: O) -> impl Stream<Item = Result<O::Item, Error>> + Send {
        let pages = self.pages(operation, PAGE_SIZE);
        try_stream! {
            pin_mut!(pages);
            while let Some(page) = pages.try_next().await? {
                for row in page.data {
                    yield row;
                }
            }
        }
    }

    /// The whole list at once.
    ///
    /// # Errors
    /// The first page that fails.
    pub async fn all<O: Paged>(&self, operation: O) -> Result<Vec<O::Item>, Error> {
        self.list(operation).try_collect().await
    }
}

/// Where a list stands.
struct Pager {
    /// The page that was asked for.
    page: i64,
    seen: HashSet<String>,
    /// Pages in a row that held nothing new.
    stale: u32,
}

impl Default for Pager {
    fn default() -> Self {
        Self { page: 1, seen: HashSet::new(), stale: 0 }
    }
}

impl Pager {
    /// Drops the rows seen before and says whether to ask for the next page, which it turns to.
    fn take<T: Keyed>(&mut self, page: &mut Page<T>) -> Result<bool, String> {
        let arrived = page.data.len();
        page.data.retain(|row| self.seen.insert(row.key()));
        let fresh = !page.data.is_empty();
        let Some(pagination) = &page.pagination else {
            // Such a list says nothing about its end: ask until nothing new comes.
            self.page += 1;
            return Ok(fresh);
        };
        if let Some(answered) = pagination.page
            && answered != self.page
            && arrived > 0
        {
            return Err(format!("it answers with page {answered}"));
        }
        let pages = pagination.total_pages.or_else(|| {
            let (rows, size) = (pagination.total_elements?, pagination.size.filter(|size| *size > 0)?);
            Some(rows.div_euclid(size) + i64::from(rows.rem_euclid(size) > 0))
        });
        let more = pages.map_or(fresh, |pages| self.page < pages);
        if !more {
            return Ok(false);
        }
        if arrived == 0 {
            return Err(format!("it is empty, of {} pages", pages.unwrap_or_default()));
        }
        // One page without news can be rows that moved down; two cannot.
        self.stale = if fresh { 0 } else { self.stale + 1 };
        if self.stale >= 2 {
            return Err("it holds only rows that were there before".to_owned());
        }
        self.page += 1;
        Ok(true)
    }
}

impl<O: Operation> Operation for &O {
    const ID: &'static str = O::ID;
    const AREA: crate::operation::Area = O::AREA;
    const METHOD: http::Method = O::METHOD;
    const PATH: &'static str = O::PATH;
    const EFFECT: rackdesk_wire::Effect = O::EFFECT;
    const TIMEOUT: rackdesk_wire::TimeoutClass = O::TIMEOUT;
    const HIDE: &'static [&'static str] = O::HIDE;
    type Response = O::Response;

    fn segments(&self) -> Vec<(String, String)> {
        (**self).segments()
    }

    fn query(&self, query: &mut crate::operation::Query) {
        (**self).query(query);
    }

    fn body(&self) -> Option<serde_json::Map<String, serde_json::Value>> {
        (**self).body()
    }

    fn recover(&self, failure: &rackdesk_wire::Error) -> Option<Self::Response> {
        (**self).recover(failure)
    }

    fn refuse(&self) -> Option<&'static str> {
        (**self).refuse()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::reply::Pagination;

    #[derive(Debug, Clone, PartialEq)]
    struct Row(u32);

    impl Keyed for Row {
        fn key(&self) -> String {
            self.0.to_string()
        }
    }

    fn page(rows: &[u32], page: i64, size: usize) -> Page<Row> {
        let at = usize::try_from(page - 1).expect("a page from 1") * size;
        Page {
            data: rows.iter().skip(at).take(size).map(|row| Row(*row)).collect(),
            pagination: Some(Pagination {
                size: i64::try_from(size).ok(),
                total_elements: i64::try_from(rows.len()).ok(),
                total_pages: i64::try_from(rows.len().div_ceil(size)).ok(),
                page: Some(page),
            }),
        }
    }

    proptest! {
        /// A row that is there from the first page to the last is delivered exactly once, whatever is created at the
        /// front meanwhile; and the reading ends.
        #[test]
        fn every_lasting_row_comes_once(
            count in 0_usize..60,
            size in 1_usize..12,
            births in proptest::collection::vec(0_u32..3, 0..60),
        ) {
            let mut rows: Vec<u32> = (0..u32::try_from(count).expect("small")).collect();
            let lasting = rows.clone();
            let mut pager = Pager::default();
            let mut got = Vec::new();
            let mut next = 1000;
            for born in births.into_iter().chain(std::iter::repeat(0)) {
                let mut answer = page(&rows, pager.page, size);
                let more = match pager.take(&mut answer) {
                    Ok(more) => more,
                    // Births fill whole pages with known rows when pages are tiny; that is reported, not skipped.
                    Err(_) => return Ok(()),
                };
                got.extend(answer.data.iter().map(|row| row.0));
                if !more {
                    break;
                }
                for _ in 0..born {
                    rows.insert(0, next);
                    next += 1;
                }
            }
            let mut unique = got.clone();
            unique.sort_unstable();
            unique.dedup();
            prop_assert_eq!(unique.len(), got.len(), "a row came twice");
            for row in lasting {
                prop_assert!(got.contains(&row), "row {} was lost", row);
            }
        }
    }

    #[test]
    fn a_list_that_repeats_its_page_is_an_error() {
        let rows: Vec<u32> = (0..10).collect();
        let mut pager = Pager::default();
        assert_eq!(pager.take(&mut page(&rows, 1, 2)), Ok(true));
        let refused = pager.take(&mut page(&rows, 1, 2)).expect_err("page 1 instead of page 2");
        assert_eq!(refused, "it answers with page 1");

        let mut pager = Pager::default();
        let mut frozen = || {
            let mut answer = page(&rows, 1, 2);
            if let Some(pagination) = &mut answer.pagination {
                pagination.page = Some(pager.page);
            }
            pager.take(&mut answer)
        };
        assert_eq!((frozen(), frozen()), (Ok(true), Ok(true)));
        assert_eq!(frozen(), Err("it holds only rows that were there before".to_owned()));
    }

    #[test]
    fn an_empty_page_in_the_middle_is_an_error_and_an_empty_list_is_not() {
        let mut pager = Pager::default();
        let mut hole = page(&[], 1, 2);
        if let Some(pagination) = &mut hole.pagination {
            pagination.total_pages = Some(3);
        }
        assert_eq!(pager.take(&mut hole), Err("it is empty, of 3 pages".to_owned()));
        assert_eq!(Pager::default().take(&mut page(&[], 1, 2)), Ok(false));
    }

    #[test]
    fn a_list_without_totals_is_read_until_nothing_new_comes() {
        let mut pager = Pager::default();
        let bare = |rows: &[u32]| Page { data: rows.iter().map(|row| Row(*row)).collect(), pagination: None };
        assert_eq!(pager.take(&mut bare(&[1, 2])), Ok(true));
        let mut second = bare(&[1, 2]);
        assert_eq!(pager.take(&mut second), Ok(false));
        assert!(second.data.is_empty());
    }
}
