//! `apps`: which sources a deployment updates.

mod annotate;
mod examples;
mod list;
