//! What people and programs read: functions from data to text.

pub mod diff;
pub mod findings;
mod style;
mod terminal;

pub use style::Style;
pub use terminal::printable;
