//! Command lines to show to the user: our own with the options that decide, and kubectl's.

use std::path::Path;

use super::option::GivenOptions;
use super::{ChangeArgs, Input, NAME};
use crate::model::shell::quoted;

/// The words of our own command line, with the input and the change that were asked for.
#[derive(Clone, Debug)]
pub struct Words(Vec<String>);

impl Words {
    /// `kubectl octopus-argo VERB`, behind a pipe where stdin was read.
    pub fn new(verb: &str, input: &Input) -> Self {
        let piped = input.filename.iter().any(|path| path == Path::new("-"));
        let name = if piped {
            format!("… | {NAME}")
        } else {
            NAME.to_owned()
        };
        let mut words = Self(vec![name, verb.to_owned()]);
        words.options(&input.given_options());
        words
    }

    /// Adds an option with a value.
    pub fn option(&mut self, name: &str, value: &str) {
        self.0.push(format!("{name} {}", quoted(value)));
    }

    /// The options that say what to change.
    pub fn change(&mut self, change: &ChangeArgs) {
        self.options(&change.given_options());
    }

    fn options(&mut self, given: &GivenOptions) {
        for (name, value) in given {
            match value {
                Some(value) => self.option(name, &value.to_string_lossy()),
                None => self.0.push((*name).to_owned()),
            }
        }
    }

    /// Adds an option without a value.
    pub fn flag(&mut self, flag: &str) {
        self.0.push(flag.to_owned());
    }

    /// The command line; `live` says from which cluster.
    pub fn line(&self, live: &Input) -> String {
        let flags = if live.live {
            kubectl_flags(live)
        } else {
            String::new()
        };
        format!("{}{flags}", self.0.join(" "))
    }
}

/// The connection flags of kubectl that were given, each after a space.
pub fn kubectl_flags(input: &Input) -> String {
    let mut text = String::new();
    for flag in input.kubectl.flags() {
        text.push(' ');
        text.push_str(&quoted(&flag.to_string_lossy()));
    }
    text
}

/// The options of a change, as typed, each after a space.
pub fn change_options(change: &ChangeArgs) -> String {
    let mut words = Words(Vec::new());
    words.change(change);
    words.0.iter().flat_map(|word| [" ", word]).collect()
}

/// `render` of the same input, with the same options.
pub fn render_command(change: &ChangeArgs, input: &Input) -> String {
    let mut words = Words::new("render", input);
    words.change(change);
    words.line(input)
}
