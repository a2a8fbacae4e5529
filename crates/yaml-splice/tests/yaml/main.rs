//! The YAML layer from outside: what kubectl reads of what we write, samples, properties.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its input must fail"
)]

mod common;
mod conformance;
mod edits;
mod generate;
mod limits;
mod places;
mod properties;
mod reading;
mod samples;
mod writing;
