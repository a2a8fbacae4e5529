//! What the change gives and takes, computed for every subject before and after.

use super::asked::question;
use super::context::Context;
use crate::change::{Edited, EditedStreams, Planned, files_after, form_of_planned};
use crate::cli::Input;
use crate::error::Result;
use crate::input::File;
use crate::model::{AccountName, Which};
use crate::rbac::ArgoCdVersion;
use crate::review::{PermissionChange, permission_changes};
use crate::site;

/// Compares the policies of every Argo CD that was planned for; `None` where none was. `edited` are
/// files, by their index, whose edits have been made already. Of live objects everything else that
/// decides is read, too.
pub(super) fn permissions(
    files: &[File],
    planned: &[Planned<'_>],
    edited: EditedStreams,
    args: &Input,
    account: &AccountName,
    context: &mut Context<'_, '_>,
) -> Result<Option<Vec<PermissionChange>>> {
    let decides = |planned: &Planned<'_>| match planned.edited {
        Edited::ConfigMap(ref configmap) => configmap.which == Which::RbacCm,
        Edited::Values | Edited::ArgoCd(_) | Edited::AppProject(_) => true,
    };
    if !planned.iter().any(decides) {
        return Ok(None);
    }
    let mut after = files_after(files, planned, edited)?;
    let mut question = question(args, ArgoCdVersion::NEWEST);
    let form = form_of_planned(planned);
    question.options.form = Some(form);
    let live = if args.live {
        context.read_live_beside(args, form)
    } else {
        Vec::new()
    };
    let all;
    let mut before = files;
    if !live.is_empty() {
        question.base = Some(files.len());
        all = [files, &live].concat();
        before = &all;
        after.extend(live);
    }
    let before = site::ask(before, &question)?.argocds.into_iter();
    let before_and_after = before.zip(site::ask(&after, &question)?.argocds);
    let mut changes = Vec::new();
    for (was, will) in before_and_after {
        if !was.has_policy() && !will.has_policy() {
            continue;
        }
        changes.extend(permission_changes([&was, &will], account)?);
    }
    Ok(Some(changes))
}
