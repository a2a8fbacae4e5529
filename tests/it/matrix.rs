//! `matrix`: who may do what.

use snapbox::{assert_data_eq, str};

use crate::common::{Run, Sandbox};

const POLICY: &str = "\
p, role:dev, applications, get, */*, allow
p, role:dev, applications, sync, prod/*, deny
p, role:dev, applications, sync, prod/*, allow
g, \"<b>\", role:dev
p, x, clusters, get, [a-, allow
";

fn matrix(flags: &str) -> Run {
    Sandbox::new()
        .with("p.csv", POLICY)
        .command(&format!("matrix -f p.csv {flags}"))
        .run()
}

#[test]
fn a_table_of_what_every_subject_has() {
    assert_data_eq!(
        matrix("").snapshot(),
        str![[r#"
---- stdout
SUBJECT    RESOURCE       ACTION   OBJECT   EFFECT   STATE                                                                   DECIDED BY
role:dev   applications   get      */*      allow    in force                                                                p.csv:1:1: p, role:dev, applications, get, */*, allow
role:dev   applications   sync     prod/*   deny     in force                                                                p.csv:2:1: p, role:dev, applications, sync, prod/*, deny
role:dev   applications   sync     prod/*   allow    overruled by p.csv:2:1: p, role:dev, applications, sync, prod/*, deny   p.csv:3:1: p, role:dev, applications, sync, prod/*, allow
<b>        applications   get      */*      allow    in force                                                                p.csv:1:1: p, role:dev, applications, get, */*, allow
<b>        applications   sync     prod/*   deny     in force                                                                p.csv:2:1: p, role:dev, applications, sync, prod/*, deny
<b>        applications   sync     prod/*   allow    overruled by p.csv:2:1: p, role:dev, applications, sync, prod/*, deny   p.csv:3:1: p, role:dev, applications, sync, prod/*, allow
x          clusters       get      [a-      allow    never: its pattern does not compile                                     p.csv:5:1: p, x, clusters, get, [a-, allow
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm, AppProjects
---- exit code 0

"#]]
    );
}

#[test]
fn filters_narrow_it() {
    let out = matrix("--subject role:dev --resource applications -o csv").stdout_of(0);
    assert_data_eq!(
        out,
        str![[r#"
subject,resource,action,object,effect,state,decided_by
role:dev,applications,get,*/*,allow,in force,"p.csv:1:1: p, role:dev, applications, get, */*, allow"
role:dev,applications,sync,prod/*,deny,in force,"p.csv:2:1: p, role:dev, applications, sync, prod/*, deny"
role:dev,applications,sync,prod/*,allow,"overruled by p.csv:2:1: p, role:dev, applications, sync, prod/*, deny","p.csv:3:1: p, role:dev, applications, sync, prod/*, allow"

"#]]
    );
    let run = matrix("--resource logs");
    assert!(
        run.stderr
            .contains("nobody may do anything that was asked for")
    );
}

#[test]
fn json_has_a_versioned_schema() {
    let out = matrix("-o json").stdout_of(0);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["schema"], "matrix/v1");
    let rows = report["permissions"].as_array().unwrap();
    let overruled = rows
        .iter()
        .find(|row| row["state"].as_str().unwrap().starts_with("overruled"));
    assert_eq!(
        overruled.unwrap()["decided_by"],
        "p.csv:3:1: p, role:dev, applications, sync, prod/*, allow"
    );
}

#[test]
fn the_default_role_is_everybodys() {
    let text = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: argocd-rbac-cm}}\ndata:\n  policy.default: role:readonly\n  policy.csv: |\n    {}",
        POLICY.replace('\n', "\n    ")
    );
    let sandbox = Sandbox::new().with("r.yaml", text);
    let out = sandbox
        .command("matrix -f r.yaml --subject nobody -o json")
        .run()
        .stdout_of(0);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let rows = report["permissions"].as_array().unwrap();
    assert!(
        !rows.is_empty() && rows.iter().all(|row| row["by_default_role"] == true),
        "{out}"
    );
}

#[test]
fn the_page_is_self_contained_and_shows_names_as_they_are() {
    let page = matrix("-o html").stdout_of(0);
    assert!(page.contains("<th scope=\"row\">&lt;b&gt;</th>"), "{page}");
    assert!(page.contains("p.csv:1:1: p, role:dev, applications, get, */*, allow"));
    for outside in ["http://", "https://", " src=", "href=", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    for part in [
        "color-scheme: light dark",
        "@media print",
        "@media (max-width",
        "id=\"filter\"",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn nothing_to_show_is_said() {
    let sandbox = Sandbox::new().with("a.yaml", "kind: Deployment\n");
    sandbox
        .command("matrix")
        .run()
        .refused(2, "there is no policy to show");
    sandbox
        .command("matrix -f a.yaml")
        .run()
        .refused(3, "there is no policy in the input");
}
