//! The policy that the objects of each form hold.

mod policy;

pub(super) use policy::{Holder, holders};
