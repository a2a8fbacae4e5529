//! What people and programs read: functions from data to text.

pub mod diff;
mod style;
mod table;
mod terminal;

pub use style::Style;
pub use table::Table;
pub use terminal::printable;
