use super::prelude::*;

rule!(UnknownOctopusSource, "unknown-octopus-source", Error);

/// The most names that are compared with one that is unknown, and listed.
const MOST: usize = 100;

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for app in applications(site) {
        let names: Vec<&str> = app.application.sources.iter().filter_map(|source| source.name).take(MOST).collect();
        for (key, suffix) in mapping::unknown_sources(&app.application) {
            let Some(spot) = app.annotation(key) else { continue };
            let finding = findings.add(
                spot.key(),
                format!("{} has no source called `{suffix}`", app.title()),
            );
            finding.label("ignored");
            match spelling::meant(suffix, names.iter().copied()) {
                Some(meant) => {
                    let renamed = format!("{}{meant}", &key[..key.len() - suffix.len()]);
                    match app.application.annotation(key) {
                        Some(value) if app.annotation(&renamed).is_none() => {
                            let set = FixEdit::Set {
                                target: spot.sibling(&renamed),
                                text: value.to_owned(),
                            };
                            finding.risky(format!("call it `{renamed}`"), vec![spot.remove(), set]);
                        }
                        _ => {
                            finding.help(format!("did you mean the source `{meant}`?"));
                        }
                    }
                }
                None if names.is_empty() => {
                    finding.help("none of its sources has a name: leave the end of the key out, or give the source `name`");
                }
                None => {
                    finding.help(format!("its sources are called: {}", names.join(", ")));
                }
            }
        }
    }
}
