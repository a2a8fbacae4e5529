//! `check --expect`: expectations about every request that matches.

use snapbox::{assert_data_eq, str};

use crate::common::{Run, Sandbox};

const POLICY: &str = "\
p, carol, applications, *, */*, allow
p, carol, applications, delete, prod/web, deny
g, ops, role:ops
p, role:ops, exec, create, */*, allow
p, role:ops, applications, get, *, allow
p, ci, applications, sync, shop/*, allow
p, ci, applications, sync, web/*, allow
p, team-a, applications, *, a/*, allow
p, team-b, applications, *, b/*, allow
p, odd, logs, get, \"[ab]/[cd]\", allow
g, boss, role:admin
";

fn expect(expectation: &str) -> Run {
    Sandbox::new()
        .with("p.csv", POLICY)
        .with("e.yaml", format!("expectations:\n- {expectation}\n"))
        .command("check -f p.csv --expect e.yaml")
        .run()
}

#[test]
fn each_is_proved_or_refuted_by_a_request() {
    let sandbox = Sandbox::new().with("p.csv", POLICY).with(
        "e.yaml",
        "expectations:\n\
         - {subject: carol, action: delete, resource: applications, object: prod/*, allowed: false}\n\
         - {subject: carol, action: get, resource: applications, object: prod/*, allowed: true}\n\
         - {subject: carol, action: delete, resource: applications, object: '*', allowed: true}\n\
         - {subject: ci, action: sync, resource: applications, object: '{shop,web}/*', allowed: true}\n\
         - {subject: odd, action: get, resource: logs, object: 'a/*', allowed: false}\n\
         - {subject: team-?, action: '*', resource: applications, object: prod/*, allowed: false}\n\
         - {subject: '*', action: create, resource: exec, object: '*', allowed: false, except: [{subject: 'role:admin'}]}\n\
         - {subject: '*', action: create, resource: exec, object: '*', allowed: false, except: [{subject: ['role:admin', 'role:ops']}]}\n\
         - {subject: ci, action: sync, resource: clusters, object: '*', allowed: false}\n\
         - {subject: carol, action: '*', resource: applications, object: '*', allowed: true, except: [{action: delete, object: prod/web}, {action: 'delete/*'}]}\n\
         - {subject: somebody, groups: [ops], action: get, resource: applications, object: '*/*', allowed: true}\n\
         - {subject: somebody, groups: [ops], action: '*', resource: exec, object: '*/*', allowed: false}\n",
    );
    let run = sandbox.command("check -q -f p.csv --expect e.yaml").run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
SUBJECT    ACTION   RESOURCE       OBJECT         WANT   GOT          DECIDED BY
carol      delete   applications   prod/*         no     yes          carol may delete applications prod/some-app: p.csv:1:1
carol      get      applications   prod/*         yes    yes          proved for every request that matches
carol      delete   applications   *              yes    no           carol may not delete applications prod/web: p.csv:2:1
ci         sync     applications   {shop,web}/*   yes    yes          proved for every request that matches
odd        get      logs           a/*            no     yes          odd may get logs a/c: p.csv:10:1
team-?     *        applications   prod/*         no     no           proved for every request that matches, of 3 subjects
*          create   exec           *              no     yes          ops may create exec some-project/some-app: p.csv:4:1
*          create   exec           *              no     no           proved for every request that matches, of 7 subjects
ci         sync     clusters       *              no     not proved   no request that Argo CD makes matches
carol      *        applications   *              yes    yes          proved for every request that matches
somebody   get      applications   */*            yes    yes          proved for every request that matches
somebody   *        exec           */*            no     yes          somebody may create exec some-project/some-app: p.csv:4:1
---- stderr
warning: 6 of 12 checks failed on the state as read
---- exit code 1

"#]]
    );
}

#[test]
fn a_literal_asks_the_text_itself() {
    let run = expect(
        "{subject: ci, action: sync, resource: applications, object: '*', allowed: false, literal: true}",
    );
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
SUBJECT   ACTION   RESOURCE       OBJECT   WANT   GOT   DECIDED BY
ci        sync     applications   *        no     no    no rule
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm, AppProjects
note: 1 check passed on the state as read
---- exit code 0

"#]]
    );
    // As a pattern it is refuted.
    let run =
        expect("{subject: ci, action: sync, resource: applications, object: '*', allowed: false}");
    assert_data_eq!(
        run.stdout.as_str(),
        str![[r#"
SUBJECT   ACTION   RESOURCE       OBJECT   WANT   GOT   DECIDED BY
ci        sync     applications   *        no     yes   ci may sync applications shop/some-app: p.csv:6:1

"#]]
    );
    assert_eq!(run.code, 1);
}

#[test]
fn globs_are_argo_cds_in_regex_mode_too() {
    let configmap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-rbac-cm}\ndata:\n  \
        policy.matchMode: regex\n  policy.csv: |\n    p, ci, ^applications$, ^sync$, ^web/.*$, allow\n";
    let of = |object: &str, allowed: bool| {
        let expectation = format!(
            "expectations: [{{subject: ci, action: sync, resource: applications, object: '{object}', allowed: {allowed}}}]"
        );
        let sandbox = Sandbox::new()
            .with("r.yaml", configmap)
            .with("e.yaml", expectation);
        sandbox
            .command("check -q -f r.yaml --expect e.yaml")
            .run()
            .code
    };
    assert_eq!(of("web/*", false), 1);
    assert_eq!(of("web/shop", true), 0);
}

#[test]
fn a_backslash_in_a_text_is_one() {
    let sandbox = Sandbox::new()
        .with(
            "p.csv",
            "p, CORP\\carol, applications, get, prod/*, allow\np, \"a{,}b\", logs, get, */*, allow\n",
        )
        .with(
            "e.yaml",
            "expectations:\n\
             - {subject: CORP\\carol, action: get, resource: applications, object: prod/*, allowed: true}\n\
             - {subject: CORP\\carol, action: get, resource: applications, object: prod/web, allowed: true}\n\
             - {subject: '*', action: get, resource: applications, object: '*', allowed: false, except: [{subject: [CORP\\carol, 'role:*', admin]}]}\n",
        );
    let shown = sandbox
        .command("check -q -f p.csv --expect e.yaml")
        .run()
        .stdout_of(0);
    assert_eq!(shown.matches("CORP\\carol ").count(), 2, "{shown}");
    sandbox
        .command("check -q -f p.csv --write-expectations all.yaml")
        .run()
        .stdout_of(0);
    let written = std::fs::read_to_string(sandbox.path().join("all.yaml")).unwrap();
    for line in [
        "  - {subject: CORP\\carol, action: get, resource: applications, object: prod/*, allowed: true}\n",
        "  - {subject: 'a\\{\\,\\}b', action: get, resource: logs, object: '*/*', allowed: true}\n",
    ] {
        assert!(written.contains(line), "{written}");
    }
    sandbox
        .command("check -q -f p.csv --expect all.yaml")
        .run()
        .stdout_of(0);
}

#[test]
fn what_matches_nothing_fails() {
    for (expectation, said) in [
        (
            "{subject: ci, action: get, resource: application*x, object: '*', allowed: false}",
            "no request that Argo CD makes matches",
        ),
        (
            "{subject: 'nobody-[', action: get, resource: applications, object: '*', allowed: false}",
            "proved",
        ),
    ] {
        let run = expect(expectation);
        assert!(run.stdout.contains(said), "{}", run.stdout);
    }
}

#[test]
fn what_is_wrong_in_the_file_is_named_with_its_place() {
    for (expectation, said) in [
        (
            "{subject: a, action: get, resource: x, objct: z, allowed: true}",
            "e.yaml:2:42: unknown key `objct`",
        ),
        (
            "{subject: a, action: get, resource: x, object: z, allowed: true, except: [{objects: z}]}",
            "unknown key `objects`",
        ),
        (
            "{subject: a, subject: b, action: get, resource: x, object: z, allowed: true}",
            "e.yaml:2:16: duplicate key `subject`",
        ),
        (
            "{subject: a, action: get, resource: x, object: z}",
            "e.yaml:2:3: not an expectation: missing field `allowed`",
        ),
    ] {
        expect(expectation).refused(3, said);
    }
}
