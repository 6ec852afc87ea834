use std::fmt;

/// Most paths that are kept; more say nothing new.
const MOST_PATHS: usize = 50;

/// What was kept without being understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Census {
    /// How many fields are not known here.
    pub unknown: usize,
    /// Where known fields held something else than expected; the first fifty.
    pub misfits: Vec<String>,
}

impl Census {
    pub(crate) fn unknown(&mut self) {
        self.unknown += 1;
    }

    pub(crate) fn misfit(&mut self, path: &impl fmt::Display) {
        if self.misfits.len() < MOST_PATHS {
            self.misfits.push(path.to_string());
        }
    }
}

/// Where one is in an answer; written out only when there is something to say.
#[derive(Debug, Clone, Copy)]
pub enum At<'a> {
    /// The answer itself.
    Root,
    /// A member.
    Member(&'a Self, &'a str),
    /// A member of an unwrapped list.
    Wrapped(&'a Self, &'a str, &'a str),
    /// An element.
    Index(&'a Self, usize),
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(Self::Root, name) => f.write_str(name),
            Self::Member(parent, name) => write!(f, "{parent}.{name}"),
            Self::Wrapped(Self::Root, name, inner) => write!(f, "{name}.{inner}"),
            Self::Wrapped(parent, name, inner) => write!(f, "{parent}.{name}.{inner}"),
            Self::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}
