//! What Octopus Deploy needs of an Argo CD: the permissions of its account and the values of its
//! gateway, the proof that a policy gives them and no more, and the Applications that it updates.

mod account;
pub mod apps;
mod checker;
mod checks;
mod coverage;
mod expectations;
mod expected;
mod gateway;
mod needs;
mod present;
mod quantified;
mod secret_manifest;
mod urls;

pub use account::account_faults;
pub use checker::{Check, CheckAnswer, CheckedState, Checker, Describe};
pub use checks::{AccountChecks, checks_of, checks_of_expectations};
pub use coverage::{Coverage, LineCoverage, coverage, measure, measuring_budget};
pub use expectations::{Except, Expectation, ExpectationsFile, Globs, parse};
pub use expected::ask;
pub use gateway::{
    Fault, FoundValues, GATEWAY_NAMESPACE, GatewayPlan, GatewayValues, TOKEN_KEY, TOKEN_SECRET,
    ValuesOverlay, accept_account_token, accept_project_token, judge, place_of, values_of,
};
pub use needs::{CanIQuestion, Judgement, Needs, Purpose, proves_nothing};
pub use present::{PresentState, present, to_yaml};
pub use secret_manifest::{PROJECT_KEY, check_secret_names, secret_manifest, with_secrets};
