//! Records of one kind, in the order of their ids.

/// Something with an id.
pub trait Row {
    /// Its id.
    fn id(&self) -> u64;
}

/// Records with rising ids, as an auto-increment column gives them: an id is never given twice.
#[derive(Debug, Clone)]
pub struct Table<T> {
    rows: Vec<T>,
    last: u64,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), last: 0 }
    }
}

impl<T: Row> Table<T> {
    /// The id the next record gets.
    pub fn next_id(&self) -> u64 {
        self.last + 1
    }

    /// Appends the record that `make` builds for its new id, and returns that id.
    pub fn add(&mut self, make: impl FnOnce(u64) -> T) -> u64 {
        self.last += 1;
        let row = make(self.last);
        debug_assert_eq!(row.id(), self.last, "a record keeps the id it was given");
        self.rows.push(row);
        self.last
    }

    /// Leaves ids out, as an installation that has been deleting records does.
    pub fn skip_to(&mut self, last: u64) {
        self.last = self.last.max(last);
    }

    fn index(&self, id: u64) -> Option<usize> {
        self.rows.binary_search_by_key(&id, Row::id).ok()
    }

    /// The record with this id.
    pub fn get(&self, id: u64) -> Option<&T> {
        self.index(id).map(|index| &self.rows[index])
    }

    /// The record with this id, to change it.
    pub fn get_mut(&mut self, id: u64) -> Option<&mut T> {
        self.index(id).map(|index| &mut self.rows[index])
    }

    /// Takes the record with this id out.
    pub fn remove(&mut self, id: u64) -> Option<T> {
        self.index(id).map(|index| self.rows.remove(index))
    }

    /// Takes out every record that `gone` names, and says how many that were.
    pub fn remove_where(&mut self, gone: impl Fn(&T) -> bool) -> usize {
        let before = self.rows.len();
        self.rows.retain(|row| !gone(row));
        before - self.rows.len()
    }

    /// All of them, lowest id first.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.rows.iter()
    }

    /// All of them, to change them.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.rows.iter_mut()
    }

    /// All of them as a slice, lowest id first.
    pub fn rows(&self) -> &[T] {
        &self.rows
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl<'a, T: Row> IntoIterator for &'a Table<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
