//! The life of a token: mint, prove, deliver, revoke; and rotation, which lives that life once
//! more for the next token.
//!
//! Plain values come in. What is to be said beside the result comes back as notes.

mod delivery;
mod ids;
mod issue;
mod mint;
mod proof;
mod questions;
mod revoke;
mod rotation;
mod round;
mod steps;

pub use delivery::{Delivered, Delivery};
pub use ids::{check_id, new_id};
pub use issue::{NewTokens, add_outcome, give_up, issue};
pub use mint::{MintError, MintFailure, Minted, Naming, Suspects, mint};
pub use proof::prove;
pub use questions::ask_all;
pub use revoke::{Revocation, revoke_if_made};
pub use rotation::{OldIds, OldToken, Present, Replaced, find_old, revoke_old, rotation_is_early};
pub use round::{Identity, Round, meaning, server_version, stranger};
pub use steps::{StepLog, TokenStep, Unlogged};
