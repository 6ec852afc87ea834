//! List questions as they are typed on the command line.

use rackdesk_commands::{
    AppError,
    list::{Filter, FilterOp, ListQuery, Sort},
};

use crate::args::ListArgs;

/// Turns `--where`, `--sort` and `--limit` into a question.
pub(super) fn query(args: &ListArgs) -> Result<ListQuery, AppError> {
    Ok(ListQuery {
        text: args.text.clone(),
        filters: args.filters.iter().map(|f| filter(f)).collect::<Result<_, _>>()?,
        sort: args.sort.as_deref().map(|s| match s.strip_prefix('-') {
            Some(column) => Sort { column: column.to_owned(), descending: true },
            None => Sort { column: s.to_owned(), descending: false },
        }),
        after: None,
        limit: args.limit.clamp(1, 500),
    })
}

fn filter(text: &str) -> Result<Filter, AppError> {
    const OPERATORS: [(&str, FilterOp); 6] = [
        ("!=", FilterOp::IsNot),
        (">=", FilterOp::Over),
        ("<=", FilterOp::Under),
        ("=", FilterOp::Is),
        ("~", FilterOp::Contains),
        (" within ", FilterOp::Within),
    ];
    for (sign, op) in OPERATORS {
        if let Some((field, values)) = text.split_once(sign) {
            let values = values.split(',').map(|v| v.trim().to_owned()).collect();
            return Ok(Filter { field: field.trim().to_owned(), op, values });
        }
    }
    Err(AppError::invalid("--where", format!("“{text}” has no operator (= != ~ >= <= within)")))
}

/// A number with or without its prefix, e.g. `A-17`.
pub(super) fn number(text: &str, prefix: &str) -> Result<i64, AppError> {
    text.strip_prefix(prefix)
        .unwrap_or(text)
        .parse()
        .map_err(|_| AppError::invalid("id", format!("“{text}” is no number of the form {prefix}17")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chips_are_read_with_their_longest_operator() {
        let f = |s: &str| filter(s).map(|f| (f.field, f.op, f.values));
        assert_eq!(
            f("status=Active,Closed"),
            Ok(("status".into(), FilterOp::Is, vec!["Active".into(), "Closed".into()]))
        );
        assert_eq!(f("status!=Closed"), Ok(("status".into(), FilterOp::IsNot, vec!["Closed".into()])));
        assert_eq!(f("total>=10.5"), Ok(("total".into(), FilterOp::Over, vec!["10.5".into()])));
        assert_eq!(f("at within 6h"), Ok(("at".into(), FilterOp::Within, vec!["6h".into()])));
        assert!(f("status").is_err());
    }

    #[test]
    fn numbers_come_with_or_without_prefix() {
        assert_eq!(number("A-17", "A-"), Ok(17));
        assert_eq!(number("17", "A-"), Ok(17));
        assert!(number("PL-17", "A-").is_err());
    }
}
