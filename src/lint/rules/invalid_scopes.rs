use super::prelude::*;

rule!(InvalidScopes, "invalid-scopes", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for settings in site.rbac_settings() {
        let Some(setting) = settings.get(SCOPES_KEY) else {
            continue;
        };
        let Some(text) = setting.text() else { continue };
        if text.is_empty() || is_placeholder(text) || is_list_of_texts(text) {
            continue;
        }
        let finding = findings.add(setting.spot.value(), "the scopes are not a list of claims");
        finding
            .label("cannot be read")
            .help("the server then does not load the policy: write '[groups, email]'");
        let name = text.trim();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_:".contains(c);
        if !name.is_empty() && name.chars().all(plain) {
            let list = format!("[{name}]");
            finding.risky(format!("write '{list}'"), vec![setting.spot.set(list)]);
        }
    }
}

fn is_list_of_texts(text: &str) -> bool {
    let Ok(stream) = Stream::parse(Source::new("scopes", text)) else {
        return false;
    };
    let root = stream.documents().first().and_then(|document| document.root());
    let items = root.and_then(Node::items);
    items.is_some_and(|items| items.iter().all(|item| item.as_str().is_some()))
}
