use super::prelude::*;

rule!(IgnoredHelmPath, "ignored-helm-path", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for object in &site.relevant {
        let Some(prefix) = site.options.chart_root(object) else {
            continue;
        };
        for (path, instead) in OLD_PATHS {
            let mut full = prefix.clone();
            full.extend_from_slice(path);
            let entries = object.find(&full).and_then(Node::entries).unwrap_or_default();
            let mut of_4 = prefix.clone();
            of_4.extend(["server", "configEnabled"]);
            // Values of a chart that still honours these paths.
            let is_old = object.find(&of_4).is_some();
            if let (false, false, Some(spot)) = (entries.is_empty(), is_old, Spot::of_path(object, &full)) {
                let dotted = path.join(".");
                findings
                    .add(
                        spot.key(),
                        format!("the argo-cd chart does not read `{dotted}`"),
                    )
                    .label("silently ignored")
                    .help(format!("since chart 6.0 this is in `{instead}`"));
            }
        }
    }
}
