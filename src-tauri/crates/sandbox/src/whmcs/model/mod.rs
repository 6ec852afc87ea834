//! What this provider remembers.
//!
//! Ids are what the API shows. Amounts are in the currency of the record's client unless it says otherwise. Dates are
//! the installation's local ones, and the installation's zone is UTC.

pub mod billing;
pub mod catalog;
pub mod people;
pub mod projects;
pub mod services;
pub mod support;
pub mod system;

/// Defines a closed list of names: the enum, its text, and reading it back in any letter case.
macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$inner])* #[doc = $text] $variant),+ }

        impl $name {
            /// All of them, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name.
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The one with this name, in any letter case.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.text().eq_ignore_ascii_case(text.trim()))
            }
        }
    };
}
pub(crate) use named;

/// Implements [`super::table::Row`] by the field `id`.
macro_rules! rows {
    ($($name:ty),+ $(,)?) => {
        $(impl $crate::whmcs::table::Row for $name {
            fn id(&self) -> u64 { self.id }
        })+
    };
}
pub(crate) use rows;
