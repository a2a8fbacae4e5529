//! What came of all instances together.

use crate::commands::context::{Context, InstanceOutcome};
use crate::error::Code;
use crate::fleet::instances::Member;

/// Passes on what each instance said, each line with its name in front.
pub(super) fn relay(members: &[Member], ended: &[InstanceOutcome], context: &mut Context<'_, '_>) {
    for (member, ended) in members.iter().zip(ended) {
        for line in ended.stderr.lines() {
            // No one is left to be told when stderr is closed.
            let _ = writeln!(context.host.stderr, "{}: {line}", member.instance.name);
        }
    }
}

/// The highest code.
pub(super) fn worst(ended: &[InstanceOutcome]) -> Code {
    let codes = ended.iter().map(|ended| ended.code);
    codes.max().unwrap_or(Code::OK)
}
