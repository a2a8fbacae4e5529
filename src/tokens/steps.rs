//! The steps in a token's life, for anyone who writes them down before the next one is taken.

use crate::error::Result;
use crate::model::TokenOwner;

/// A step in the life of an owner's token: the owner, and the token's id.
#[derive(Clone, Copy, Debug)]
pub enum TokenStep<'a> {
    /// These are going to be replaced.
    Replacing(&'a [(TokenOwner, String)]),
    /// One is going to be made; one that was announced before is gone.
    Making(&'a TokenOwner, &'a str),
    /// It was made.
    Made(&'a TokenOwner, &'a str),
    /// It does not exist, or not any more.
    Gone(&'a TokenOwner, &'a str),
    /// Everything that was made has reached its place.
    Delivered,
    /// An old one is revoked.
    Revoked(&'a TokenOwner, &'a str),
}

/// A log of steps. Each is written before the next one is taken, and a failure to write prevents
/// the next one.
pub trait StepLog {
    /// Writes a step down.
    ///
    /// # Errors
    /// If it could not be written.
    fn write(&self, step: TokenStep<'_>) -> Result<()>;
}

/// No log: a command for one Argo CD says itself what it leaves behind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unlogged;

impl StepLog for Unlogged {
    fn write(&self, _: TokenStep<'_>) -> Result<()> {
        Ok(())
    }
}
