//! Our Contabo client against our sandbox's Contabo side, and strangers against both.

mod desk;
mod settling;
mod story;
