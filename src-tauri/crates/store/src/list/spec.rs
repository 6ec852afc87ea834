/// What a column holds, and thereby how it is filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// A number.
    Number,
    /// A text.
    Text,
    /// yyyy-mm-dd, empty when unknown.
    Date,
    /// yyyy-mm-dd hh:mm:ss in the provider's own zone, empty when unknown.
    LocalTime,
    /// Microseconds since 1970, UTC.
    Moment,
    /// Microseconds, asked for in milliseconds.
    Millis,
    /// An amount times 10,000.
    Amount,
    /// A condition: true or false.
    Flag,
    /// A JSON array of texts.
    Tags,
}

/// A column of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Name in questions.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// Expression that conditions compare. `{today}` stands for this machine's day.
    pub filter: &'static str,
    /// Expression that rows are sorted by; never NULL. `None` when it is not for sorting.
    pub sort: Option<&'static str>,
    /// Expression with the folded text, for "contains".
    pub folded: Option<&'static str>,
    /// Whether the filter menu shows its values.
    pub facet: bool,
    /// Whether an index begins with it, so that a filter on it can lead to the rows.
    pub indexed: bool,
}

impl Column {
    /// A column that is filtered and sorted by the same expression.
    pub const fn new(name: &'static str, kind: ColumnKind, sql: &'static str) -> Self {
        Self { name, kind, filter: sql, sort: Some(sql), folded: None, facet: false, indexed: false }
    }

    /// A text that sorts and is searched by its folded form.
    pub const fn name(name: &'static str, sql: &'static str, folded: &'static str) -> Self {
        Self {
            name,
            kind: ColumnKind::Text,
            filter: sql,
            sort: Some(folded),
            folded: Some(folded),
            facet: false,
            indexed: false,
        }
    }

    /// A condition, for filters only.
    pub const fn flag(name: &'static str, sql: &'static str) -> Self {
        Self { name, kind: ColumnKind::Flag, filter: sql, sort: None, folded: None, facet: false, indexed: false }
    }

    /// With an index that begins with it.
    pub const fn indexed(self) -> Self {
        Self { indexed: true, ..self }
    }

    /// With its values in the filter menu.
    pub const fn facet(self) -> Self {
        Self { facet: true, ..self }
    }

    /// Sorted by another expression than it is filtered by.
    pub const fn sorted_by(self, sql: &'static str) -> Self {
        Self { sort: Some(sql), ..self }
    }

    /// For filters only.
    pub const fn unsorted(self) -> Self {
        Self { sort: None, ..self }
    }
}

/// A list: its table is called `t`.
#[derive(Debug, Clone, Copy)]
pub struct ListSpec {
    /// Name, part of cursors.
    pub name: &'static str,
    /// Which groups of tables its rows depend on.
    pub group: crate::TableGroup,
    /// The table.
    pub table: &'static str,
    /// What a row of a window is made of; columns are read by name.
    pub select: &'static str,
    /// Further tables for `select`, joined one to one.
    pub joins: &'static str,
    /// Which rows belong to the list at all.
    pub base: &'static str,
    /// Columns.
    pub columns: &'static [Column],
    /// The list's own order.
    pub order: (&'static str, bool),
    /// Indexes over two columns: the first, and those by which its rows are then in order. Narrow ones first.
    pub ordered: &'static [(&'static str, &'static [&'static str])],
    /// Full-text table over the rows, and the expression of the same words.
    pub text: Option<(&'static str, &'static str)>,
    /// Money columns that are summed: column, amount, currency.
    pub sums: &'static [(&'static str, &'static str, &'static str)],
}

impl ListSpec {
    /// The column with that name.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}
