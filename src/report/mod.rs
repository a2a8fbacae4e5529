//! What people and programs read: functions from data to text.

pub mod diff;
mod style;
mod terminal;

pub use style::Style;
pub use terminal::printable;
