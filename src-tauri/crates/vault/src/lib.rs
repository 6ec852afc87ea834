//! Secrets live in the operating system's keychain and nowhere else.

mod input;

pub use input::SecretInput;
