//! The habits of the language the real thing is written in: how it reads forms, what its serialised text means, how it
//! writes JSON, and its favourite hash.

pub mod form;
pub mod json;
pub mod md5;
pub mod serialized;
