//! The life of a token: mint, prove, deliver, revoke; and rotation, which lives that life once
//! more for the next token.
//!
//! Plain values come in. What is to be said beside the result comes back as notes.

mod destination;
mod explain;
mod ids;
mod issue;
mod mint;
mod offline;
mod owner;
mod present;
mod proof;
mod prune;
mod questions;
mod read;
mod revoke;
mod rotation;
mod round;
mod steps;

pub use destination::{Delivered, DeliveryPlan, TokenDestination};
pub use explain::explain_round;
pub use ids::{check_id, new_id};
pub use issue::{NewTokens, add_outcome, give_up, issue};
pub use mint::{MintError, MintFailure, Minted, Naming, Suspects, mint};
pub use offline::answer_offline;
pub use owner::{id_prefix, may_be_given, owners};
pub use present::{Present, PresentedToken};
pub use proof::prove;
pub use prune::{Doomed, OwnedTokens, PruneRule, choose_doomed, delete_all, deletes_itself};
pub use questions::ask_all;
pub use read::{presented, read_secret};
pub use revoke::{Revocation, revoke_if_made};
pub use rotation::{
    OldIds, OldToken, RESTART, Replaced, all_too_early, find_old, of_the_old, refuse_to_revoke,
    revoke_old, rotation_is_early, same_as, what_stays,
};
pub use round::{Identity, Round, meaning, server_version, stranger};
pub use steps::{StepLog, TokenStep, Unlogged};
