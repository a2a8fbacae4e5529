//! `completion` and `man`: what a shell and a terminal get.

use super::context::Context;
use crate::cli::{self, CompletionArgs, ManArgs};
use crate::emit::{self, Access, Existing};
use crate::error::{Code, Error, Result};

pub(super) fn completion(args: CompletionArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    context.print(cli::completion(args.shell))?;
    Ok(Code::OK)
}

pub(super) fn man(args: &ManArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let Some(directory) = &args.output_dir else {
        let page = cli::page(&args.command).ok_or_else(|| {
            Error::usage(format!("there is no command `{}`", args.command.join(" ")))
                .hint(format!("`{} --help` lists the commands", cli::NAME))
        })?;
        context.print(&page.text)?;
        return Ok(Code::OK);
    };
    let directory = context.host.path(directory);
    emit::create_directory(&directory)?;
    let pages = cli::pages();
    for page in &pages {
        let path = directory.join(&page.file);
        emit::write(
            &path,
            page.text.as_bytes(),
            Access::Normal,
            Existing::Replace,
        )?;
    }
    context.note(format!(
        "wrote {} pages to {}",
        pages.len(),
        directory.display()
    ));
    Ok(Code::OK)
}
