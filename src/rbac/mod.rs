//! Decisions as Argo CD's own enforcer makes them.

pub mod glob;
pub mod regex;
