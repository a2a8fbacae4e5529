//! The page of `matrix` in a real browser: it filters, its links lead to lines, and it fits four
//! sizes in light and dark.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{Sandbox, real};

const POLICY: &str = "\
p, role:developer, applications, sync, dev-*/*, allow
p, role:developer, applications, action/apps/Deployment/restart, dev-*/*, allow
p, role:developer, applications, delete, prod/*, deny
p, role:platform, clusters, *, *, allow
p, role:platform, exec, create, */*, allow
g, acme:developers, role:developer
g, acme:a-very-long-name-of-a-group-at-the-identity-provider@example.com, role:platform
p, ci, applications, sync, shop/*, allow
";

/// Tells of the layout what a look at it would: whether something is cut off or covered.
const PROBE: &str = "<script>
const root = document.documentElement;
root.dataset.overflow = root.scrollWidth > root.clientWidth + 1;
const head = document.querySelector('thead th'), first = document.querySelector('tbody th');
const [above, below] = [head.getBoundingClientRect(), first.getBoundingClientRect()];
root.dataset.covered = above.height > 0 && above.bottom > below.top + 1;
root.dataset.cards = getComputedStyle(document.querySelector('tbody tr')).display === 'block';
root.dataset.background = getComputedStyle(document.body).backgroundColor;
</script>";

/// A browser of the Chromium family; where there is none the test is skipped, and fails in CI.
fn browser() -> Option<PathBuf> {
    if !cfg!(target_os = "linux") {
        crate::common::skip::note("the browser is tried on Linux");
        return None;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let others = ["chromium-browser", "google-chrome"];
    let mut found = std::env::split_paths(&path)
        .flat_map(|directory| others.map(|name| directory.join(name)))
        .filter(|program| program.is_file());
    let has_chromium = std::env::split_paths(&path).any(|at| at.join("chromium").is_file());
    match found.next() {
        Some(other) if !has_chromium => Some(other),
        _ => real::find("chromium"),
    }
}

/// What the page becomes once its script has run.
fn opened(browser: &Path, directory: &Path, asked: &str, flags: &[&str]) -> String {
    let profile = format!("--user-data-dir={}", directory.join("profile").display());
    let url = format!("file://{}{asked}", directory.join("page.html").display());
    let mut args = vec![
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=2000",
        &profile,
    ];
    args.extend(flags);
    args.extend(["--dump-dom", &url]);
    let output = real::run(browser, &args, "", |_| {});
    let page = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(page.contains("</html>"), "{asked}: {said}");
    page
}

fn page() -> (Sandbox, String) {
    let sandbox = Sandbox::new().with("p.csv", POLICY);
    let html = sandbox
        .command("matrix -q -f p.csv -o html")
        .run()
        .stdout_of(0);
    (sandbox, html)
}

/// The names of the rows that are shown.
fn shown(page: &str) -> Vec<&str> {
    let rows = page.split("<tr data-subject=\"").skip(1);
    let rows = rows.filter(|row| !row.split_once('>').unwrap().0.contains("hidden"));
    rows.map(|row| row.split_once('"').unwrap().0).collect()
}

#[test]
fn the_page_filters_and_its_links_lead_to_lines() {
    let Some(browser) = browser() else { return };
    let (sandbox, html) = page();
    fs::write(sandbox.path().join("page.html"), &html).unwrap();
    let open = |asked: &str| opened(&browser, sandbox.path(), asked, &[]);
    // A group is shown with the role that it has.
    let found = open("?subject=acme:developers");
    assert_eq!(shown(&found), ["role:developer", "acme:developers"]);
    assert!(found.contains(">2 of "), "{found}");
    // And who can is everybody who has a role that can.
    let found = open("?permission=create+exec");
    assert!(shown(&found).contains(&"role:platform"));
    assert!(
        shown(&found)
            .iter()
            .any(|name| name.ends_with("@example.com"))
    );
    assert!(!shown(&found).contains(&"ci"));
    let all = open("");
    let rows = html.matches("<tr data-subject=").count();
    assert_eq!(shown(&all).len(), rows);
    assert!(rows > 4);
    // The cell of ci names its line, and the link leads there.
    let ci = html.split("<tr data-subject=\"ci\"").nth(1).unwrap();
    let link = ci.split("href=\"#").nth(1).unwrap();
    let id = link.split('"').next().unwrap();
    let followed = open(&format!("#{id}"));
    let marked = followed.split("aria-current=\"true\">").nth(1).unwrap();
    let marked = marked.split("</li>").next().unwrap();
    assert!(
        marked.contains("p, ci, applications, sync, shop/*, allow"),
        "{marked}"
    );
    assert!(!all.contains("aria-current=\"true\""));
}

#[test]
fn the_page_fits_a_phone_a_tablet_a_laptop_and_a_wide_screen() {
    let Some(browser) = browser() else { return };
    let (sandbox, html) = page();
    let probed = html.replace("</body>", &format!("{PROBE}</body>"));
    assert_ne!(probed, html);
    fs::write(sandbox.path().join("page.html"), probed).unwrap();
    for (size, has_cards) in [
        ("500,844", true),
        ("820,1180", true),
        ("1366,768", false),
        ("1920,1080", false),
    ] {
        let size = format!("--window-size={size}");
        let light = opened(&browser, sandbox.path(), "", &[&size]);
        let dark = "--blink-settings=preferredColorScheme=0";
        let dark = opened(&browser, sandbox.path(), "", &[&size, dark]);
        for page in [&light, &dark] {
            let head = page.split_once('>').unwrap().1.split_once('>').unwrap().0;
            assert!(head.contains("data-overflow=\"false\""), "{size}: {head}");
            assert!(head.contains("data-covered=\"false\""), "{size}: {head}");
            let cards = format!("data-cards=\"{has_cards}\"");
            assert!(head.contains(&cards), "{size}: {head}");
        }
        assert!(light.contains("data-background=\"rgb(255, 255, 255)\""));
        assert!(dark.contains("data-background=\"rgb(13, 17, 23)\""));
    }
}
