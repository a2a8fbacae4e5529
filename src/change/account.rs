//! What has to change in `argocd-cm`: the account.

use super::{Desired, Goal, Plan};
use crate::error::{Error, Result};
use crate::model::{API_KEY, Capabilities, ConfigMap, LOGIN, parse_bool};
use crate::text::NoteLevel;

/// Plans the account's keys, and whatever else the template puts into `argocd-cm`.
#[derive(Clone, Copy, Debug)]
pub struct AccountPlan<'a> {
    /// What is there.
    pub current: &'a ConfigMap,
    /// What is wanted.
    pub desired: &'a Desired,
}

impl AccountPlan<'_> {
    /// The plan for a goal.
    pub fn plan(self, goal: Goal) -> Result<Plan> {
        match goal {
            Goal::Present { enable } => self.present(enable),
            Goal::Absent => Ok(self.absent()),
        }
    }

    fn present(self, enable: bool) -> Result<Plan> {
        let mut plan = Plan::default();
        let account = &self.desired.account;
        for (key, wanted) in self.desired.cm.iter() {
            let now = self.current.get(key);
            if key == account.key() {
                plan.change(key, now, self.capabilities(now, wanted)?);
            } else if key == account.enabled_key() {
                let after = match now {
                    Some(now) if !enable => Some(now.to_owned()),
                    Some(now) if parse_bool(now) == Some(true) => Some(now.to_owned()),
                    _ => Some(wanted.to_owned()),
                };
                if let Some(now) = now.filter(|_| !enable) {
                    self.warn_if_disabled(&mut plan, now);
                }
                plan.change(key, now, after);
            } else {
                plan.change(key, now, Some(wanted.to_owned()));
            }
        }
        Ok(plan)
    }

    /// The capabilities that were there, and those that are wanted: none is ever lost, and the
    /// text stays byte for byte where nothing is missing.
    fn capabilities(self, now: Option<&str>, wanted: &str) -> Result<Option<String>> {
        let wanted = Capabilities::parse(wanted);
        if wanted.has(LOGIN) {
            return Err(Error::input(format!(
                "the template gives the account `{}` the capability `login`",
                self.desired.account
            ))
            .hint("an integration makes tokens and never logs in: leave `login` out of argocd-cm.data.yaml.j2"));
        }
        let Some(now) = now else {
            return Ok(Some(wanted.canonical()));
        };
        let held = Capabilities::parse(now);
        if wanted.iter().all(|capability| held.has(capability)) {
            return Ok(Some(now.to_owned()));
        }
        Ok(Some(
            wanted.iter().fold(held, Capabilities::with).canonical(),
        ))
    }

    fn warn_if_disabled(self, plan: &mut Plan, now: &str) {
        let account = &self.desired.account;
        match parse_bool(now) {
            Some(true) => {}
            Some(false) => plan.say(
                NoteLevel::Warning,
                format!(
                    "the account {account} stays disabled ({}: \"{now}\"), and its tokens do not work: --enable enables it",
                    account.enabled_key()
                ),
            ),
            None => plan.say(
                NoteLevel::Warning,
                format!(
                    "{}: \"{}\" is not a boolean that Argo CD can read, so no one can log in at all; --enable sets it to \"true\"",
                    account.enabled_key(),
                    now.escape_debug()
                ),
            ),
        }
    }

    fn absent(self) -> Plan {
        let mut plan = Plan::default();
        let account = &self.desired.account;
        let held = self.current.get(&account.key()).map(Capabilities::parse);
        let stays = held.as_ref().is_some_and(|held| held.has(LOGIN));
        for (key, wanted) in self.desired.cm.iter() {
            let Some(now) = self.current.get(key) else {
                continue;
            };
            if key == account.key() {
                let left = Capabilities::parse(now).without(API_KEY);
                if !stays {
                    if left.canonical() != "" {
                        plan.say(
                            NoteLevel::Note,
                            format!(
                                "removed with the account: its capabilities `{}`, which render \
                                     had not added",
                                left.canonical()
                            ),
                        );
                    }
                    plan.change(key, Some(now), None);
                } else if Capabilities::parse(now).has(API_KEY) {
                    plan.say(
                        NoteLevel::Note,
                        format!(
                            "{account} keeps `{}`: a person logs in with it",
                            left.canonical()
                        ),
                    );
                    plan.change(key, Some(now), Some(left.canonical()));
                }
            } else if key == account.enabled_key() {
                // Without the key an account is enabled: a disabled login must stay disabled.
                if stays && parse_bool(now) != Some(true) {
                    continue;
                }
                if parse_bool(now) != Some(true) {
                    plan.say(
                        NoteLevel::Note,
                        format!(
                            "removed {key}: \"{}\", which render had not added",
                            now.escape_debug()
                        ),
                    );
                }
                plan.change(key, Some(now), None);
            } else if now == wanted {
                plan.change(key, Some(now), None);
            }
        }
        if plan
            .changes
            .iter()
            .any(|change| change.key == account.key())
        {
            plan.say(
                NoteLevel::Warning,
                "the account's tokens outlive it: they stay in argocd-secret and work again if it is recreated",
            );
            plan.say(
                NoteLevel::Warning,
                format!(
                    "revoke them while the account still exists: kubectl octopus-argo token list --account {account}, then token delete"
                ),
            );
        }
        plan
    }
}
