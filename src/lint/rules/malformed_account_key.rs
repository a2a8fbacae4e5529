use super::prelude::*;

rule!(MalformedAccountKey, "malformed-account-key", Error);

/// The longest name that Argo CD accepts.
const LONGEST: usize = 32;

/// Suffixes that Argo CD keeps in argocd-secret.
const OF_SECRET: &[&str] = &["password", "passwordMtime", "tokens"];

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for settings in site.cm_settings() {
        for setting in &settings.all {
            match account_key(&setting.key) {
                Some(AccountKey::Ignored(why)) => ignored(settings, setting, why, findings),
                Some(AccountKey::Capabilities(name) | AccountKey::Enabled(name))
                    if name.chars().count() > LONGEST =>
                {
                    findings
                        .add(
                            setting.spot.key(),
                            format!("the account's name is longer than {LONGEST} characters"),
                        )
                        .label("too long for Argo CD");
                }
                _ => {}
            }
        }
    }
}

fn ignored(
    settings: &Settings<'_>,
    setting: &Setting<'_>,
    why: Ignored<'_>,
    findings: &mut Findings<'_>,
) {
    let key = &setting.key;
    let finding = findings.add(
        setting.spot.key(),
        format!("Argo CD does not read the key `{key}`"),
    );
    finding.label("ignored");
    match why {
        Ignored::NoName => {
            finding.help("a name follows: accounts.NAME");
        }
        Ignored::Dots => {
            finding.help("an account's name has no dots");
        }
        Ignored::Suffix { name, suffix } if OF_SECRET.contains(&suffix) => {
            finding.help(format!(
                "`{suffix}` of the account {name} is kept in the Secret argocd-secret, never here"
            ));
        }
        Ignored::Suffix { name, suffix } => {
            let meant = format!("accounts.{name}.enabled");
            let text = setting.text();
            if strsim::levenshtein(&suffix.to_lowercase(), "enabled") > 2 {
                finding.help(format!(
                    "it would be the setting `{suffix}` of an account {name}: names have no dots"
                ));
            } else if let (Some(text), None) = (text, settings.get(&meant)) {
                let set = FixEdit::Set {
                    target: setting.spot.sibling(&meant),
                    text: text.to_owned(),
                };
                finding.risky(
                    format!("call it `{meant}`"),
                    vec![setting.spot.remove(), set],
                );
            } else {
                finding.help(format!("the key is `{meant}`"));
            }
        }
    }
}
