//! Statements about a whole server: what holds of every request that someone may make, over the
//! policy, every `AppProject` and the settings that decide.
//!
//! What reaches a subject is sorted by who gives it and by whose objects it counts for (`view`); the
//! rules about one verb of one resource become a search over all requests (`column`, `search`), which
//! is exact for patterns of literals and stars and says where it found nothing out.

mod automaton;
mod budget;
mod change;
mod column;
mod compare;
mod concerned;
mod difference;
mod effective;
mod excepted;
mod given;
mod lookup;
mod piece;
mod prove;
mod range;
mod regex_pieces;
mod requests;
mod sample;
mod search;
mod slice;
mod verb;
mod view;
mod who_can;

pub use budget::Budget;
pub use change::{Change, Comparison, SubjectChange, Undecided, Whom};
pub use compare::{compare, compare_without};
pub use concerned::{acts_as, roles_with_members};
pub use effective::{Binding, Effective, Entry, Holding, Limit, State, named};
pub use given::{GivenLine, GivenRule, given, given_own};
pub use prove::{Objects, Proof, ProvedRefusal, Prover};
pub use range::{Example, Range, is_request, range, server_subjects};
pub use requests::Requests;
pub use slice::{Asked, Askers, ServerParts, Slice, SliceLine};
pub use verb::{Verb, verbs};
pub use view::{Cited, Giver, own_verbs};
pub use who_can::{Holder, who_can};
