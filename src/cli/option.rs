//! Options as data: which of a group were given, as words of a command line.
//!
//! The fields of a group of arguments are its options. [`options!`] lists each of them once: those that a hint repeats
//! in the command line that it shows, in that order, and those that it leaves out. A field that is in neither list does
//! not compile, nor does one that is not a field.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::model::{Form, MatchMode, Which};

/// The options that were given: each one's name, and its value unless it is a switch.
pub type GivenOptions = Vec<(&'static str, Option<OsString>)>;

/// What an option holds.
pub(super) trait OptionValue {
    /// Its values; `None` for a switch that is on.
    fn values(&self) -> Vec<Option<OsString>>;
}

impl OptionValue for bool {
    fn values(&self) -> Vec<Option<OsString>> {
        self.then_some(None).into_iter().collect()
    }
}

impl<T: OptionValue> OptionValue for Option<T> {
    fn values(&self) -> Vec<Option<OsString>> {
        self.iter().flat_map(OptionValue::values).collect()
    }
}

impl<T: OptionValue> OptionValue for Vec<T> {
    fn values(&self) -> Vec<Option<OsString>> {
        self.iter().flat_map(OptionValue::values).collect()
    }
}

/// Values that are written as they are.
macro_rules! written {
    ($($type:ty: $text:expr,)*) => {
        $(impl OptionValue for $type {
            fn values(&self) -> Vec<Option<OsString>> {
                let text: fn(&Self) -> OsString = $text;
                vec![Some(text(self))]
            }
        })*
    };
}

written! {
    String: |text| text.into(),
    PathBuf: |path| path.into(),
    Form: |form| form.as_str().into(),
    MatchMode: |mode| mode.as_str().into(),
    Which: |which| which.name().into(),
}

/// Lists the options of a group. The name is clap's: the field's own, with dashes, unless another is given; `unless`
/// names the value that need not be repeated.
macro_rules! options {
    (
        $group:ident repeats { $($field:ident: $name:literal $(unless $default:literal)?,)* }
        leaves out { $($other:ident,)* }
    ) => {
        impl $group {
            /// The options that were given, as words of a command line that a hint shows.
            pub fn given_options(&self) -> $crate::cli::GivenOptions {
                use $crate::cli::option::OptionValue as _;
                let Self { $($field,)* $($other: _,)* } = self;
                let mut given = Vec::new();
                $(
                    let is_default = false $(|| $field == $default)?;
                    let values = $field.values().into_iter().filter(|_| !is_default);
                    given.extend(values.map(|value| ($name, value)));
                )*
                given
            }
        }

        #[cfg(test)]
        impl $crate::cli::option::Listed for $group {
            const REPEATED: &'static [(&'static str, &'static str)] = &[$((stringify!($field), $name),)*];
            const LEFT_OUT: &'static [&'static str] = &[$(stringify!($other),)*];
        }
    };
}
pub(super) use options;

/// What [`options!`] was given for a group.
#[cfg(test)]
pub(super) trait Listed {
    /// The fields that are repeated, with the names of their options.
    const REPEATED: &'static [(&'static str, &'static str)];
    /// The fields that are not.
    const LEFT_OUT: &'static [&'static str];
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::{Argocd, ChangeArgs, Cli, Input, Kubectl};

    /// Of `render` and `diff`, what no group lists: how a report looks and where it goes is for the next command to say,
    /// and of a fleet's instance those options are repeated that it stands for.
    const OF_ONE_COMMAND: &[&str] = &[
        "all",
        "as_patch",
        "backup",
        "color",
        "config",
        "help",
        "in_place",
        "instance",
        "output",
        "output_dir",
        "quiet",
        "unified",
        "verbose",
    ];

    /// The options of a group are those that clap knows, under their names.
    fn known<G: Listed + clap::Args>() -> BTreeSet<String> {
        let command = G::augment_args(clap::Command::new("group"));
        for (field, name) in G::REPEATED {
            let mut all = command.get_arguments();
            let found = all.find(|arg| arg.get_id() == field);
            let found = found.unwrap_or_else(|| panic!("clap knows no {field}"));
            let long = found.get_long().map(|long| format!("--{long}"));
            let short = found.get_short().map(|short| format!("-{short}"));
            assert!(
                [long, short].contains(&Some((*name).to_owned())),
                "{field} is not {name}"
            );
        }
        let repeated = G::REPEATED.iter().map(|(field, _)| *field);
        repeated
            .chain(G::LEFT_OUT.iter().copied())
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn every_option_is_repeated_or_left_out_on_purpose() {
        let mut listed = known::<Input>();
        for more in [known::<Kubectl>(), known::<ChangeArgs>()] {
            listed.extend(more);
        }
        known::<Argocd>();
        let mut root = Cli::command();
        root.build();
        let mut unused: BTreeSet<&str> = OF_ONE_COMMAND.iter().copied().collect();
        for name in ["render", "diff"] {
            let command = root.find_subcommand(name).unwrap();
            let mut count = 0;
            for id in command.get_arguments().map(|arg| arg.get_id().as_str()) {
                unused.remove(id);
                let known = listed.contains(id) || OF_ONE_COMMAND.contains(&id);
                assert!(
                    known,
                    "{name}: is `{id}` repeated in the next command line?"
                );
                count += usize::from(listed.contains(id));
            }
            // The fields that are groups are no options.
            assert_eq!(count, listed.len() - 1, "{name}");
        }
        assert!(unused.is_empty(), "no command has {unused:?}");
    }

    #[test]
    fn defaults_and_switches_that_are_off_are_not_repeated() {
        let input = Input {
            filename: vec!["a.yaml".into(), "b.yaml".into()],
            all_namespaces: true,
            ..Input::default()
        };
        let given = input.given_options();
        let names: Vec<_> = given
            .iter()
            .map(|(name, value)| (*name, value.is_some()))
            .collect();
        assert_eq!(names, [("-f", true), ("-f", true), ("-A", false)]);
    }
}
