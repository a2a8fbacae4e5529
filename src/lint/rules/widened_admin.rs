use super::prelude::*;

rule!(WidenedAdmin, "widened-admin", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for settings in site.cm_settings() {
        let Some(setting) = settings.get("accounts.admin") else {
            continue;
        };
        let text = setting.text().unwrap_or_default();
        let list = Capabilities::parse(text);
        if !list.has(API_KEY) {
            continue;
        }
        let rest = list.without(API_KEY).canonical();
        let (title, change) = if rest.is_empty() {
            ("remove the key".to_owned(), setting.spot.remove())
        } else {
            let title = format!("write `{rest}`");
            (title, setting.spot.splice(0..text.len(), rest))
        };
        findings
            .add(
                setting.spot.value(),
                "the administrator can make tokens, which may do everything",
            )
            .label("admin has `login` alone")
            .help("give a program an account of its own, with the permissions that it needs")
            .risky(title, vec![change]);
    }
}
