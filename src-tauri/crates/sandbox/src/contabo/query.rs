//! The query string: typed filters, and refusals for values that no filter takes.

use jiff::civil::Date;

use super::answer::Refusal;

/// The query's pairs, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a raw query string.
    pub(super) fn parse(raw: &str) -> Self {
        Self(url::form_urlencoded::parse(raw.as_bytes()).into_owned().collect())
    }

    /// The first value of that name; an empty one counts as absent.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of that name.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Comma separated and repeated values alike, trimmed. `None` when the filter is not used.
    pub(super) fn list(&self, name: &str) -> Option<Vec<&str>> {
        let values: Vec<&str> = self
            .all(name)
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .collect();
        (!values.is_empty()).then_some(values)
    }

    /// A list of whole numbers.
    pub(super) fn ids(&self, name: &str) -> Result<Option<Vec<i64>>, Refusal> {
        let Some(values) = self.list(name) else { return Ok(None) };
        let ids: Option<Vec<i64>> = values.iter().map(|value| value.parse().ok()).collect();
        ids.map(Some).ok_or_else(|| Refusal::fields(vec![format!("{name} must be a list of numbers")]))
    }

    /// A whole number.
    pub(super) fn id(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.text(name)
            .map(|value| value.parse().map_err(|_| Refusal::fields(vec![format!("{name} must be an integer number")])))
            .transpose()
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.text(name) {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(_) => Err(Refusal::fields(vec![format!("{name} must be a boolean value")])),
        }
    }

    /// A day, `2026-03-01`.
    pub(super) fn date(&self, name: &str) -> Result<Option<Date>, Refusal> {
        let wrong = || Refusal::fields(vec![format!("{name} must be a valid ISO 8601 date string")]);
        self.text(name).map(|value| value.get(..10).unwrap_or(value).parse().map_err(|_| wrong())).transpose()
    }

    /// A list of values out of a closed set.
    pub(super) fn choices(&self, name: &str, allowed: &[&str]) -> Result<Option<Vec<&str>>, Refusal> {
        let values = self.list(name);
        match &values {
            Some(values) if values.iter().any(|value| !allowed.contains(value)) => Err(Refusal::fields(vec![format!(
                "{name} must be one of the following values: {}",
                allowed.join(", ")
            )])),
            _ => Ok(values),
        }
    }

    /// A number of 1 or more.
    pub(super) fn positive(&self, name: &str, otherwise: usize) -> Result<usize, Refusal> {
        match self.text(name).map(str::parse::<usize>) {
            None => Ok(otherwise),
            Some(Ok(number)) if number > 0 => Ok(number),
            Some(Ok(_)) => Err(Refusal::fields(vec![format!("{name} must not be less than 1")])),
            Some(Err(_)) => Err(Refusal::fields(vec![format!("{name} must be an integer number")])),
        }
    }

    /// The same query with another page and an explicit size.
    pub(super) fn at_page(&self, page: usize, size: usize) -> String {
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        out.append_pair("page", &page.to_string()).append_pair("size", &size.to_string());
        for (name, value) in self.0.iter().filter(|(name, _)| name != "page" && name != "size") {
            out.append_pair(name, value);
        }
        out.finish()
    }
}

/// Substring match without regard to case; a filter that is not used lets everything pass.
pub(super) fn contains(text: &str, wanted: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| text.to_lowercase().contains(&wanted.to_lowercase()))
}

/// Exact match; a filter that is not used lets everything pass.
pub(super) fn equals(text: &str, wanted: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| text.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_comma_separated_with_spaces_or_repeated() {
        let query = Query::parse("instanceIds=100,%20101&instanceIds=102&name=");
        assert_eq!(query.ids("instanceIds").unwrap(), Some(vec![100, 101, 102]));
        assert_eq!(query.text("name"), None, "an empty filter is no filter");
        assert!(Query::parse("instanceIds=1,x").ids("instanceIds").is_err());
    }

    #[test]
    fn the_link_to_another_page_keeps_every_filter() {
        let query = Query::parse("page=3&name=a%26b&orderBy=name%3Aasc&orderBy=id%3Adesc");
        assert_eq!(query.at_page(4, 25), "page=4&size=25&name=a%26b&orderBy=name%3Aasc&orderBy=id%3Adesc");
    }
}
