//! What the parser says of a configuration, with its place and with what was probably meant.

use crate::error::Error;
use crate::model::{Source, spelling};
use crate::yaml::Stream;

/// The parser's error as ours.
pub(super) fn explain(message: &str, offset: Option<usize>, source: &Source) -> Error {
    // Our own reader refuses what can be read in two ways, and names the second key itself.
    match Stream::parse(source.clone()) {
        Err(error) => return error.into(),
        Ok(stream) => {
            if let Err(error) = stream.refuse_duplicates() {
                return error.into();
            }
        }
    }
    let message = match message.rfind(" at line ") {
        Some(at) => &message[..at],
        None => message,
    };
    let mut error = Error::input(format!("not a valid configuration: {message}"));
    if let Some(offset) = offset {
        error = error.at(source.location(offset));
    }
    match suggestion(message) {
        Some(meant) => error.hint(format!("did you mean `{meant}`?")),
        None => error,
    }
}

/// What was meant, from "unknown field `nmae`, expected one of `name`, …".
fn suggestion(message: &str) -> Option<&str> {
    let at = message
        .find("unknown field `")
        .or(message.find("unknown variant `"))?;
    let mut words = message[at..].split('`').skip(1).step_by(2);
    let unknown = words.next()?;
    spelling::meant(unknown, words)
}
