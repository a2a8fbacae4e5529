use super::prelude::*;

rule!(UnknownCapability, "unknown-capability", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for settings in site.cm_settings() {
        for setting in &settings.all {
            let (Some(AccountKey::Capabilities(name)), Some(text)) =
                (account_key(&setting.key), setting.text())
            else {
                continue;
            };
            let mut offset = 0;
            for part in text.split(',') {
                let word = part.trim();
                let start = offset + part.len() - part.trim_start().len();
                offset += part.len() + 1;
                if word.is_empty() || [API_KEY, LOGIN].contains(&word) {
                    continue;
                }
                let known = [API_KEY, LOGIN].into_iter();
                let meant = known
                    .clone()
                    .find(|known| known.eq_ignore_ascii_case(word))
                    .or_else(|| spelling::meant(word, known));
                let range = start..start + word.len();
                let finding = findings.add(
                    setting.spot.within(range.clone()),
                    format!("Argo CD knows no capability `{word}`"),
                );
                finding.label("ignored");
                let list = Capabilities::parse(text);
                if !list.has(API_KEY) && !list.has(LOGIN) {
                    finding.help(format!("the account {name} can do nothing"));
                }
                match meant {
                    Some(meant) if !list.has(meant) => {
                        let change = setting.spot.splice(range, meant);
                        finding.risky(format!("write `{meant}`"), vec![change]);
                    }
                    _ => {
                        finding.help("the capabilities are `apiKey` and `login`, in these letters");
                    }
                }
            }
        }
    }
}
