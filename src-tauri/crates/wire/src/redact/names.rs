/// Names of fields whose value is hidden, compared without regard to case and found by their length first: a
/// reply has thousands of members and hardly any of them is a secret.
pub(crate) struct Names {
    by_length: Vec<Vec<&'static str>>,
}

impl Names {
    pub(crate) fn new(names: &[&'static str]) -> Self {
        let longest = names.iter().map(|name| name.len()).max().unwrap_or(0);
        let mut by_length = vec![Vec::new(); longest + 1];
        for name in names {
            by_length[name.len()].push(*name);
        }
        Self { by_length }
    }

    pub(crate) fn contains(&self, name: &[u8]) -> bool {
        self.by_length
            .get(name.len())
            .is_some_and(|names| names.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(name)))
    }
}
