//! What people and programs read: functions from data to text.

pub mod apps;
pub mod can;
pub mod changes;
pub mod check;
pub mod compare;
pub mod coverage;
pub mod diff;
pub mod doctor;
mod document;
pub mod findings;
pub mod fleet;
pub mod gateway;
mod html;
pub mod matrix;
mod operations;
pub mod permissions;
mod progress;
mod style;
mod table;
pub mod tokens;
pub mod verify;
pub mod who_can;
mod words;
mod xml;

pub use crate::model::printable;
pub use document::{Csv, Junit, JunitSuite, Report};
pub use progress::Progress;
pub use style::Style;
pub use table::{markdown, table};
