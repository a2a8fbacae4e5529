//! The steps in a token's life, for whoever writes them down before the next one is taken.

use crate::argocd::Owner;
use crate::error::Result;

/// A step in the life of an owner's token: the owner, and the token's id.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// These are going to be replaced.
    Replacing(&'a [(Owner, String)]),
    /// One is going to be made; one that was announced before is gone.
    Making(&'a Owner, &'a str),
    /// It was made.
    Made(&'a Owner, &'a str),
    /// It does not exist, or not any more.
    Gone(&'a Owner, &'a str),
    /// Everything that was made has reached its place.
    Delivered,
    /// An old one is revoked.
    Revoked(&'a Owner, &'a str),
}

/// A log of steps. Each is written before the next one is taken, and a failure to write prevents
/// the next one.
pub trait StepLog {
    /// Writes a step down.
    ///
    /// # Errors
    /// If it could not be written.
    fn write(&self, step: Step<'_>) -> Result<()>;
}

/// No log: a command for one Argo CD says itself what it leaves behind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unlogged;

impl StepLog for Unlogged {
    fn write(&self, _: Step<'_>) -> Result<()> {
        Ok(())
    }
}
