//! Lists: ordering, pages and the links between them.

use std::cmp::Ordering;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome, Refusal};
use super::query::Query;

/// What a list can be ordered by.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Number(i64),
    Text(String),
}

impl Key {
    /// Text orders without regard to case.
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_lowercase())
    }

    /// Times order as numbers.
    pub(super) fn time(at: jiff::Timestamp) -> Self {
        Self::Number(at.as_millisecond())
    }
}

/// The fields a list can be ordered by, by their names in the answer.
pub(super) type Order<T> = &'static [(&'static str, fn(&T) -> Key)];

/// What surrounds the data of a list; some lists lack a part in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// `_pagination` and five links.
    Full,
    /// Five links, no `_pagination`.
    LinksOnly,
    /// No `_pagination`, and `self` as the only link.
    SelfOnly,
}

/// Elements shown when the caller does not say how many.
const DEFAULT_SIZE: usize = 10;

/// Orders `items` as the query asks, cuts its page out and renders only that.
pub(super) fn page<T>(
    path: &str,
    query: &Query,
    frame: Frame,
    mut items: Vec<&T>,
    order: Order<T>,
    view: impl Fn(&T) -> Value,
) -> Outcome {
    sort(&mut items, query, order)?;
    let page = query.positive("page", 1)?;
    let size = query.positive("size", DEFAULT_SIZE)?;
    let total = items.len();
    let pages = total.div_ceil(size);
    let data: Vec<Value> = items.into_iter().skip((page - 1).saturating_mul(size)).take(size).map(view).collect();

    let mut body = Map::new();
    if frame == Frame::Full {
        let pagination = json!({"size": size, "totalElements": total, "totalPages": pages, "page": page});
        body.insert("_pagination".to_owned(), pagination);
    }
    body.insert("data".to_owned(), Value::Array(data));
    let link = |page: usize| Value::String(format!("{path}?{}", query.at_page(page, size)));
    let mut links = Map::new();
    if frame != Frame::SelfOnly {
        links.insert("first".to_owned(), link(1));
        if page > 1 {
            links.insert("previous".to_owned(), link(page - 1));
        }
    }
    links.insert("self".to_owned(), link(page));
    if frame != Frame::SelfOnly {
        if page < pages {
            links.insert("next".to_owned(), link(page + 1));
        }
        links.insert("last".to_owned(), link(pages.max(1)));
    }
    body.insert("_links".to_owned(), Value::Object(links));
    Ok(Answer::Json(StatusCode::OK, Value::Object(body)))
}

fn sort<T>(items: &mut [&T], query: &Query, order: Order<T>) -> Result<(), Refusal> {
    let mut wanted = Vec::new();
    for part in query.all("orderBy").flat_map(|value| value.split(',')) {
        let (field, direction) = part.split_once(':').unwrap_or((part, "asc"));
        let key = order.iter().find(|(name, _)| *name == field.trim()).map(|(_, key)| *key);
        let ascending = match direction.trim().to_ascii_lowercase().as_str() {
            "asc" => Some(true),
            "desc" => Some(false),
            _ => None,
        };
        match (key, ascending) {
            (Some(key), Some(ascending)) => wanted.push((key, ascending)),
            _ => return Err(Refusal::fields(vec![format!("orderBy {part} is not supported")])),
        }
    }
    if !wanted.is_empty() {
        items.sort_by(|left, right| {
            wanted.iter().fold(Ordering::Equal, |so_far, (key, ascending)| {
                so_far.then_with(|| {
                    let compared = key(left).cmp(&key(right));
                    if *ascending { compared } else { compared.reverse() }
                })
            })
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Thing(i64, String);

    const ORDER: Order<Thing> = &[("id", |thing| Key::Number(thing.0)), ("name", |thing| Key::text(&thing.1))];

    fn ask(things: &[Thing], query: &str) -> Value {
        let outcome = page("/v1/things", &Query::parse(query), Frame::Full, things.iter().collect(), ORDER, |thing| {
            json!(thing.0)
        });
        match outcome.unwrap() {
            Answer::Json(_, body) => body,
            Answer::Empty(_) => panic!("a list has a body"),
        }
    }

    proptest! {
        #[test]
        fn the_pages_one_behind_the_other_are_the_whole(
            count in 0_usize..120, size in 1_usize..40, descending: bool,
        ) {
            let things: Vec<Thing> = (0..count).map(|index| Thing(index as i64, format!("n{}", index % 7))).collect();
            let order = format!("orderBy=name:{}&orderBy=id:ASC", if descending { "DESC" } else { "asc" });
            let whole = ask(&things, &format!("size=1000&{order}"));
            let mut gathered = Vec::new();
            let mut link = Some(format!("size={size}&{order}"));
            while let Some(query) = link {
                let body = ask(&things, &query);
                prop_assert_eq!(body["_pagination"]["totalElements"].as_u64(), Some(count as u64));
                gathered.extend(body["data"].as_array().unwrap().clone());
                link = body["_links"]["next"].as_str().map(|next| next.split_once('?').unwrap().1.to_owned());
            }
            prop_assert_eq!(&Value::Array(gathered), &whole["data"]);
        }
    }

    #[test]
    fn a_page_behind_the_end_is_empty_and_says_where_the_end_is() {
        let things = [Thing(1, "a".to_owned())];
        let body = ask(&things, "page=9&size=10");
        assert_eq!(body["data"], json!([]));
        assert_eq!(body["_links"]["last"], "/v1/things?page=1&size=10");
        assert_eq!(body["_links"]["previous"], "/v1/things?page=8&size=10");
        assert!(body["_links"].get("next").is_none());
    }
}
