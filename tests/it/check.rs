//! `check`, `--expect`, and what `diff` and `render` say of permissions.

use snapbox::{assert_data_eq, str};

use crate::common::Sandbox;

const RBAC: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-rbac-cm
data:
  policy.csv: |
    g, alice, role:team
    p, role:team, applications, sync, team/*, allow
";

#[test]
fn the_sample_is_as_it_must_be_after_the_change() {
    assert_data_eq!(
        Sandbox::new()
            .command("check --sample --after-change")
            .run()
            .snapshot(),
        str![[r#"
---- stdout
SUBJECT   ACTION            RESOURCE             OBJECT                            WANT   GOT   DECIDED BY
octopus   get               applications         probe/probe                       yes    yes   <sample> (after the change):99:5
octopus   get               applications         probe/probe/probe                 yes    yes   <sample> (after the change):99:5
octopus   get               logs                 probe/probe                       yes    yes   <sample> (after the change):101:5
octopus   get               logs                 probe/probe/probe                 yes    yes   <sample> (after the change):101:5
octopus   get               clusters             https://probe.example.com         yes    yes   <sample> (after the change):100:5
octopus   get               clusters             probe/https://probe.example.com   yes    yes   <sample> (after the change):100:5
octopus   get               clusters             *                                 -      yes   <sample> (after the change):100:5
octopus   get               applications         *                                 -      yes   <sample> (after the change):99:5
octopus   get               logs                 */*                               -      yes   <sample> (after the change):101:5
octopus   delete            applications         *                                 -      no    no rule
octopus   everything else   clusters             (any)                             no     no    no rule
octopus   everything else   projects             (any)                             no     no    no rule
octopus   everything else   applications         (any)                             no     no    no rule
octopus   everything else   applicationsets      (any)                             no     no    no rule
octopus   everything else   repositories         (any)                             no     no    no rule
octopus   everything else   write-repositories   (any)                             no     no    no rule
octopus   everything else   certificates         (any)                             no     no    no rule
octopus   everything else   accounts             (any)                             no     no    no rule
octopus   everything else   gpgkeys              (any)                             no     no    no rule
octopus   create            exec                 (any)                             no     no    no rule
octopus   invoke            extensions           (any)                             no     no    no rule
---- stderr
note: not read, so Argo CD's defaults count: argocd-cmd-params-cm, AppProjects
note: 38 checks passed on the state after the change
note: WANT `-` marks questions from Octopus's documentation that do not affect the result
note: `probe` stands for any name; a row may hold several of the 42 checks (-v shows each)
---- exit code 0

"#]]
    );
}

#[test]
fn as_read_the_sample_lacks_what_octopus_needs() {
    let run = Sandbox::new().command("check --sample").run();
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
note: not read, so Argo CD's defaults count: argocd-cmd-params-cm, AppProjects
warning: 7 of 39 checks failed on the state as read
note: WANT `-` marks questions from Octopus's documentation that do not affect the result
note: `probe` stands for any name; a row may hold several of the 43 checks (-v shows each)

"#]]
    );
    let _ = run.stdout_of(1);
}

#[test]
fn json_has_a_versioned_schema_and_every_check() {
    let out = Sandbox::new()
        .command("check --sample --after-change -o json")
        .run()
        .stdout_of(0);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["schema"], "check/v1");
    assert_eq!(report["state"], "after-change");
    let checks = report["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 42);
    for key in [
        "subject",
        "action",
        "resource",
        "object",
        "want",
        "got",
        "decided_by",
    ] {
        assert!(checks.iter().all(|check| check[key].is_string()), "{key}");
    }
    let documented = checks.iter().filter(|c| c["purpose"] == "documented");
    let documented = documented.map(|c| {
        let text = |key: &str| c[key].as_str().unwrap();
        format!("{} {} {}", text("action"), text("resource"), text("want"))
    });
    assert_eq!(
        documented.collect::<Vec<_>>(),
        [
            "get clusters yes",
            "get applications yes",
            "get logs yes",
            "delete applications no"
        ]
    );
    let delete = checks.iter().find(|c| c["action"] == "delete/…").unwrap();
    assert_eq!(
        (&delete["want"], &delete["got"]),
        (&"no".into(), &"no".into())
    );
}

#[test]
fn what_is_forbidden_and_granted_is_shown_with_an_object_and_the_line() {
    let policy = "p, octopus, applications, *, team-*/*, allow\np, octopus, exec, create, */*, allow\np, octopus, exec, create, */*, deny\n";
    let run = Sandbox::new()
        .with("p.csv", policy)
        .command("check -f p.csv --after-change")
        .run();
    let out = run.stdout_of(1);
    assert_data_eq!(
        out,
        str![[r#"
SUBJECT   ACTION                           RESOURCE             OBJECT                            WANT      GOT   DECIDED BY
octopus   get                              applications         probe/probe                       yes       yes   policy.octopus.csv (after the change):1:1
octopus   get                              applications         probe/probe/probe                 yes       yes   policy.octopus.csv (after the change):1:1
octopus   get                              logs                 probe/probe                       yes       yes   policy.octopus.csv (after the change):3:1
octopus   get                              logs                 probe/probe/probe                 yes       yes   policy.octopus.csv (after the change):3:1
octopus   get                              clusters             https://probe.example.com         yes       yes   policy.octopus.csv (after the change):2:1
octopus   get                              clusters             probe/https://probe.example.com   yes       yes   policy.octopus.csv (after the change):2:1
octopus   get                              clusters             *                                 -         yes   policy.octopus.csv (after the change):2:1
octopus   get                              applications         *                                 -         yes   policy.octopus.csv (after the change):1:1
octopus   get                              logs                 */*                               -         yes   policy.octopus.csv (after the change):3:1
octopus   delete                           applications         *                                 -         no    no rule
octopus   everything else                  clusters             (any)                             no        no    no rule
octopus   everything else                  projects             (any)                             no        no    no rule
octopus   create                           applications         team-some-project/some-app        no        yes   p.csv:1:1
octopus   update                           applications         team-some-project/some-app        no        yes   p.csv:1:1
octopus   delete                           applications         team-some-project/some-app        no        yes   p.csv:1:1
octopus   sync                             applications         team-some-project/some-app        no need   yes   p.csv:1:1
octopus   override                         applications         team-some-project/some-app        no        yes   p.csv:1:1
octopus   update/apps/Deployment/restart   applications         team-some-project/some-app        no        yes   p.csv:1:1
octopus   delete/apps/Deployment/restart   applications         team-some-project/some-app        no        yes   p.csv:1:1
octopus   action/apps/Deployment/restart   applications         team-some-project/some-app        no        yes   p.csv:1:1
octopus   everything else                  applicationsets      (any)                             no        no    no rule
octopus   everything else                  repositories         (any)                             no        no    no rule
octopus   everything else                  write-repositories   (any)                             no        no    no rule
octopus   everything else                  certificates         (any)                             no        no    no rule
octopus   everything else                  accounts             (any)                             no        no    no rule
octopus   everything else                  gpgkeys              (any)                             no        no    no rule
octopus   create                           exec                 (any)                             no        no    p.csv:3:1
octopus   invoke                           extensions           (any)                             no        no    no rule

"#]]
    );
}

#[test]
fn reading_without_need_is_extra_and_fails_only_when_strict() {
    let text = RBAC.replace("data:", "data:\n  policy.default: role:readonly");
    let sandbox = Sandbox::new().with("r.yaml", text);
    let out = sandbox
        .command("check -q -f r.yaml --after-change")
        .run()
        .stdout_of(0);
    assert!(out.contains("octopus   get               projects             some-app                          no need   yes   built-in policy:7\n"), "{out}");
    let wide = sandbox
        .command("check -q -f r.yaml --after-change -o wide")
        .run()
        .stdout_of(0);
    assert!(wide.contains("   default role role:readonly, which no rule overrides: built-in policy:7: p, role:readonly, projects, get, *, allow\n"), "{wide}");
    let _ = sandbox
        .command("check -q -f r.yaml --after-change --strict")
        .run()
        .stdout_of(1);
}

#[test]
fn projects_stay_closed_to_each_other() {
    let sandbox = Sandbox::new().with("r.yaml", RBAC).with(
        "wide.yaml",
        RBAC.replace(
            "g, alice",
            "p, octopus, logs, get, */*, allow\n    g, alice",
        ),
    );
    let out = sandbox
        .command("check -q -f r.yaml --after-change --project web --allow-sync")
        .run()
        .stdout_of(0);
    assert!(
        out.contains("sync              applications         web/probe"),
        "{out}"
    );
    assert!(out.contains("(outside web)"), "{out}");
    let run = sandbox
        .command("check -f wide.yaml --after-change --project web -o json")
        .run();
    let report: serde_json::Value = serde_json::from_str(&run.stdout_of(1)).unwrap();
    let wrong: Vec<_> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["ok"] == false)
        .collect();
    assert_eq!(wrong.len(), 1);
    assert_eq!(wrong[0]["resource"], "logs");
    assert!(
        wrong[0]["decided_by"]
            .as_str()
            .unwrap()
            .contains("wide.yaml"),
        "{}",
        wrong[0]
    );
}

#[test]
fn a_rule_for_the_names_that_are_asked_about_is_none_for_all() {
    let rules = RULES.replace("applications, get, *", "applications, get, probe/*");
    assert_ne!(rules, RULES);
    let sandbox = Sandbox::new().with("p.csv", rules).with("cm.yaml", CM);
    let run = sandbox.command("check -f p.csv,cm.yaml").run();
    assert_data_eq!(
        run.stdout.as_str(),
        str![[r#"
SUBJECT   ACTION            RESOURCE             OBJECT                              WANT   GOT   DECIDED BY
octopus   get               applications         probez/probez                       yes    no    no rule
octopus   get               applications         probez/probez/probez                yes    no    no rule
octopus   get               logs                 probez/probez                       yes    yes   p.csv:3:1
octopus   get               logs                 probez/probez/probez                yes    yes   p.csv:3:1
octopus   get               clusters             https://probez.example.com          yes    yes   p.csv:2:1
octopus   get               clusters             probez/https://probez.example.com   yes    yes   p.csv:2:1
octopus   get               clusters             *                                   -      yes   p.csv:2:1
octopus   get               applications         *                                   -      no    no rule
octopus   get               logs                 */*                                 -      yes   p.csv:3:1
octopus   delete            applications         *                                   -      no    no rule
octopus   everything else   clusters             (any)                               no     no    no rule
octopus   everything else   projects             (any)                               no     no    no rule
octopus   everything else   applications         (any)                               no     no    no rule
octopus   everything else   applicationsets      (any)                               no     no    no rule
octopus   everything else   repositories         (any)                               no     no    no rule
octopus   everything else   write-repositories   (any)                               no     no    no rule
octopus   everything else   certificates         (any)                               no     no    no rule
octopus   everything else   accounts             (any)                               no     no    no rule
octopus   everything else   gpgkeys              (any)                               no     no    no rule
octopus   create            exec                 (any)                               no     no    no rule
octopus   invoke            extensions           (any)                               no     no    no rule

"#]]
    );
    assert_eq!(run.code, 1);
}

#[test]
fn regex_mode_is_proved_too() {
    let text = RBAC.replace("data:", "data:\n  policy.matchMode: regex");
    let sandbox = Sandbox::new().with("r.yaml", text);
    let _ = sandbox
        .command("check -q -f r.yaml --after-change")
        .run()
        .stdout_of(0);
    // The documented rules do not compile as regular expressions, and deny whatever reaches them.
    let sandbox = sandbox.with(
        "bad.yaml",
        RBAC.replace("data:", "data:\n  policy.matchMode: regex")
            .replace(
                "g, alice",
                "p, octopus, applications, get, *, allow\n    g, alice",
            ),
    );
    let run = sandbox.command("check -f bad.yaml --after-change").run();
    assert_data_eq!(
        run.stdout.as_str(),
        str![[r#"
SUBJECT   ACTION            RESOURCE             OBJECT                            WANT   GOT          DECIDED BY
octopus   get               applications         probe/probe                       yes    no           cannot be evaluated: bad.yaml (after the change):9:5
octopus   get               applications         probe/probe/probe                 yes    no           cannot be evaluated: bad.yaml (after the change):9:5
octopus   get               logs                 probe/probe                       yes    yes          bad.yaml (after the change):15:5
octopus   get               logs                 probe/probe/probe                 yes    yes          bad.yaml (after the change):15:5
octopus   get               clusters             https://probe.example.com         yes    yes          bad.yaml (after the change):14:5
octopus   get               clusters             probe/https://probe.example.com   yes    yes          bad.yaml (after the change):14:5
octopus   get               clusters             *                                 -      yes          bad.yaml (after the change):14:5
octopus   get               applications         *                                 -      no           cannot be evaluated: bad.yaml (after the change):9:5
octopus   get               logs                 */*                               -      yes          bad.yaml (after the change):15:5
octopus   delete            applications         *                                 -      no           no rule
octopus   everything else   clusters             (any)                             no     no           no rule
octopus   everything else   projects             (any)                             no     no           no rule
octopus   everything else   applications         (any)                             no     no           no rule
octopus   update/…          applications         (any)                             no     not proved   bad.yaml (after the change):9:5
octopus   delete/…          applications         (any)                             no     not proved   bad.yaml (after the change):9:5
octopus   action/…          applications         (any)                             no     not proved   bad.yaml (after the change):9:5
octopus   everything else   applicationsets      (any)                             no     no           no rule
octopus   everything else   repositories         (any)                             no     no           no rule
octopus   everything else   write-repositories   (any)                             no     no           no rule
octopus   everything else   certificates         (any)                             no     no           no rule
octopus   everything else   accounts             (any)                             no     no           no rule
octopus   everything else   gpgkeys              (any)                             no     no           no rule
octopus   create            exec                 (any)                             no     no           no rule
octopus   invoke            extensions           (any)                             no     no           no rule

"#]]
    );
    assert_eq!(run.code, 1);
}

#[test]
fn before_3_0_logs_are_not_enforced() {
    let sandbox = Sandbox::new().with("r.yaml", RBAC);
    let out = sandbox
        .command("check -q -f r.yaml --argocd-version 2.14")
        .run()
        .stdout_of(1);
    assert!(
        out.contains("logs                 probe/probe                       yes    no    asked as get applications"),
        "{out}"
    );
    sandbox
        .command("check -f r.yaml --argocd-version x")
        .run()
        .refused(2, "3.6");
}

#[test]
fn expectations_are_unit_tests_of_a_policy() {
    let sandbox = Sandbox::new().with("r.yaml", RBAC).with(
        "e.yaml",
        "expectations:\n\
         - {subject: alice, action: sync, resource: applications, object: team/shop, allowed: true}\n\
         - {subject: bob, groups: [alice], action: sync, resource: applications, object: team/shop, allowed: false, name: groups <count>}\n",
    );
    let run = sandbox.command("check -f r.yaml --expect e.yaml").run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
SUBJECT   ACTION   RESOURCE       OBJECT      WANT   GOT   DECIDED BY
alice     sync     applications   team/shop   yes    yes   r.yaml:8:5
bob       sync     applications   team/shop   no     yes   r.yaml:8:5
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm, AppProjects
warning: 1 of 2 checks failed on the state as read
---- exit code 1

"#]]
    );
    let run = sandbox
        .command("check -q -f r.yaml --expect e.yaml -o junit")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="kubectl octopus-argo check" tests="2" failures="1">
    <testcase classname="expected" name="alice sync applications team/shop"/>
    <testcase classname="expected" name="groups &lt;count&gt;">
      <failure message="bob sync applications team/shop: want no, got yes: r.yaml:8:5: p, role:team, applications, sync, team/*, allow"/>
    </testcase>
  </testsuite>
</testsuites>
---- stderr
warning: 1 of 2 checks failed on the state as read
---- exit code 1

"#]]
    );
}

#[test]
fn wrong_expectations_are_named_by_their_place() {
    let sandbox = Sandbox::new()
        .with("a.yaml", "expectations:\n- {subject: a, action: get, resource: x, object: z}\n")
        .with("b.yaml", "expectations:\n- {subject: a, action: get, resource: x, object: z, allowed: true, foo: 1}\n")
        .with("c.yaml", "things: []\n")
        .with("d.yaml", "expectations: []\n");
    for (file, said) in [
        (
            "a.yaml",
            "a.yaml:2:3: not an expectation: missing field `allowed`",
        ),
        ("b.yaml", "b.yaml:2:68: unknown key `foo`"),
        (
            "c.yaml",
            "c.yaml:1:1: this is not a mapping with `expectations:`",
        ),
        ("d.yaml", "there are no expectations"),
    ] {
        sandbox
            .command(&format!("check --sample --expect {file}"))
            .run()
            .refused(3, said);
    }
}

#[test]
fn nothing_to_check_is_said() {
    let sandbox = Sandbox::new()
        .with("a.yaml", "kind: Deployment\n")
        .with("p.csv", "p, a, b\n");
    sandbox
        .command("check")
        .run()
        .refused(2, "there is no policy to check");
    sandbox
        .command("check -f a.yaml")
        .run()
        .refused(3, "there is no policy in the input");
    sandbox
        .command("check -f p.csv")
        .run()
        .refused(3, "p.csv:1:8: the policy does not load");
}

const CM: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
data:
  accounts.octopus: apiKey
";

const RULES: &str = "\
p, octopus, applications, get, *, allow
p, octopus, clusters, get, *, allow
p, octopus, logs, get, */*, allow
";

#[test]
fn an_argo_cd_without_octopus_fails_unless_the_change_is_asked_for() {
    let sandbox = Sandbox::new()
        .with("r.yaml", RBAC)
        .with("e.yaml", "expectations:\n- {subject: octopus, action: get, resource: applications, object: web/shop, allowed: true}\n")
        .with("octopus-argo.yaml", "instances: [{name: a, files: [r.yaml]}]");
    for command in [
        "check -f r.yaml",
        "check -f r.yaml --expect e.yaml",
        "check --all",
    ] {
        let run = sandbox.command(command).run();
        assert_eq!(run.code, 1, "{command}: {}", run.snapshot());
        let text = format!("{}{}", run.stdout, run.stderr);
        assert!(
            text.contains("failed on the state as read"),
            "{command}: {text}"
        );
        let run = sandbox.command(command).arg("--after-change").run();
        assert_eq!(run.code, 0, "{command}: {}", run.snapshot());
        let text = format!("{}{}", run.stdout, run.stderr);
        assert!(
            text.contains("passed on the state after the change"),
            "{command}: {text}"
        );
    }
    sandbox
        .command("check -f r.yaml --absent")
        .run()
        .refused(2, "--absent is about the change");
}

#[test]
fn an_account_that_cannot_authenticate_fails() {
    let enabled = |text: &str| format!("{CM}  accounts.octopus.enabled: \"{text}\"\n");
    let sandbox = Sandbox::new()
        .with("p.csv", RULES)
        .with("good.yaml", enabled("T"))
        .with("disabled.yaml", enabled("false"))
        .with("broken.yaml", enabled("yes"))
        .with("bare.yaml", CM.replace("apiKey", "login"));
    let _ = sandbox
        .command("check -f p.csv,good.yaml")
        .run()
        .stdout_of(0);
    assert_data_eq!(
        sandbox
            .command("check -f p.csv,disabled.yaml")
            .run()
            .stdout
            .lines()
            .nth(1)
            .unwrap()
            .to_owned(),
        str![[
            r#"octopus   authenticate      accounts             accounts.octopus.enabled          yes    no    accounts.octopus.enabled: "false" disables the account"#
        ]]
    );
    for file in ["disabled.yaml", "broken.yaml", "bare.yaml"] {
        let run = sandbox.command(&format!("check -f p.csv,{file}")).run();
        assert_eq!(run.code, 1, "{file}");
        assert!(
            run.stderr.contains("1 of 39 checks failed"),
            "{}",
            run.stderr
        );
    }
    // The change leaves a disabled account disabled.
    for file in ["disabled.yaml", "broken.yaml"] {
        let run = sandbox
            .command(&format!("check -f p.csv,{file} --after-change"))
            .run();
        assert_eq!(run.code, 1, "{file}: {}", run.snapshot());
        let _ = sandbox
            .command(&format!("check -f p.csv,{file} --after-change --enable"))
            .run()
            .stdout_of(0);
    }
}

#[test]
fn a_change_that_concerns_others_is_shown_and_can_be_refused() {
    let text =
        format!("{RBAC}  policy.octopus.csv: |\n    p, role:team, logs, get, team/*, allow\n");
    let sandbox = Sandbox::new().with("r.yaml", text);
    assert_data_eq!(
        sandbox.command("diff -q -f r.yaml").run().snapshot(),
        str![[r#"
---- stdout
--- live/v1.ConfigMap.argocd.argocd-rbac-cm
+++ desired/v1.ConfigMap.argocd.argocd-rbac-cm
@@ -7,4 +7,6 @@
     g, alice, role:team
     p, role:team, applications, sync, team/*, allow
   policy.octopus.csv: |
-    p, role:team, logs, get, team/*, allow
+    p, octopus, applications, get, *, allow
+    p, octopus, clusters, get, *, allow
+    p, octopus, logs, get, */*, allow
Permissions
- alice: get logs team/*  (for example team/some-app; r.yaml:10:5: p, role:team, logs, get, team/*, allow)
+ octopus: get applications *
+ octopus: get clusters *
+ octopus: get logs */*
- role:team: get logs team/*  (for example team/some-app; r.yaml:10:5: p, role:team, logs, get, team/*, allow)
---- stderr
warning: argocd-cm of namespace argocd is not in the input, so its part is not written
---- exit code 1

"#]]
    );
    let run = sandbox
        .command("diff -q -f r.yaml --fail-on-collateral")
        .run();
    assert_eq!(run.code, 5);
    sandbox
        .command("render -f r.yaml --fail-on-collateral")
        .run()
        .refused(5, "hint: alice: lost: get logs team/* (r.yaml:10:5: p, role:team, logs, get, team/*, allow)");
    let json = sandbox
        .command("diff -q -f r.yaml -o json")
        .run()
        .stdout_of(1);
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["collateral"], true);
    assert_eq!(report["permissions"].as_array().unwrap().len(), 5);
}

#[test]
fn the_usual_change_concerns_nobody_else() {
    let sandbox = Sandbox::new().with("r.yaml", RBAC);
    let out = sandbox
        .command("render -q -f r.yaml --fail-on-collateral")
        .run()
        .stdout_of(0);
    assert!(out.contains("policy.octopus.csv"));
    let out = sandbox
        .command("diff -q -f r.yaml --fail-on-collateral --allow-sync")
        .run()
        .stdout_of(1);
    assert!(
        out.ends_with("+ octopus: get clusters *\n+ octopus: get logs */*\n+ octopus: sync applications *\n  no one else's permissions change\n"),
        "{out}"
    );
}

/// Octopus's own page has a fourth rule, which most people who follow it have.
#[test]
fn the_fourth_documented_rule_is_more_and_no_failure() {
    let rules = "p, octopus, applications, get, *, allow\np, octopus, clusters, get, *, allow\n\
         p, octopus, logs, get, */*, allow\np, octopus, applications, sync, *, allow\n";
    let sandbox = Sandbox::new()
        .with("p.csv", rules)
        .with("default.csv", rules.replace("octopus, applications, sync", "role:all, applications, sync"))
        .with(
            "rbac.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-rbac-cm}\ndata:\n  policy.default: role:all\n",
        );
    let run = sandbox.command("check -f p.csv").run();
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm, AppProjects
note: 38 checks passed on the state as read
note: octopus may sync applications, which only steps that trigger a sync need: --allow-sync expects it
note: WANT `-` marks questions from Octopus's documentation that do not affect the result
note: `probe` stands for any name; a row may hold several of the 42 checks (-v shows each)

"#]]
    );
    let row = run
        .stdout
        .lines()
        .find(|line| line.contains("sync"))
        .unwrap();
    assert!(row.contains("p.csv:4:1"), "{row}");
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert_eq!(sandbox.command("check -f p.csv --strict").run().code, 1);
    let run = sandbox.command("check -f p.csv --allow-sync").run();
    assert_eq!(
        (run.code, run.stderr.contains("--allow-sync")),
        (0, false),
        "{}",
        run.stderr
    );
    // What everybody has is another matter.
    let run = sandbox.command("check -f rbac.yaml -f default.csv").run();
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert_data_eq!(
        run.stdout.as_str(),
        str![[r#"
SUBJECT   ACTION            RESOURCE             OBJECT                            WANT   GOT   DECIDED BY
octopus   get               applications         probe/probe                       yes    yes   default.csv:1:1
octopus   get               applications         probe/probe/probe                 yes    yes   default.csv:1:1
octopus   get               logs                 probe/probe                       yes    yes   default.csv:3:1
octopus   get               logs                 probe/probe/probe                 yes    yes   default.csv:3:1
octopus   get               clusters             https://probe.example.com         yes    yes   default.csv:2:1
octopus   get               clusters             probe/https://probe.example.com   yes    yes   default.csv:2:1
octopus   get               clusters             *                                 -      yes   default.csv:2:1
octopus   get               applications         *                                 -      yes   default.csv:1:1
octopus   get               logs                 */*                               -      yes   default.csv:3:1
octopus   delete            applications         *                                 -      no    no rule
octopus   everything else   clusters             (any)                             no     no    no rule
octopus   everything else   projects             (any)                             no     no    no rule
octopus   everything else   applications         (any)                             no     no    no rule
octopus   sync              applications         some-app                          no     yes   default.csv:4:1
octopus   everything else   applicationsets      (any)                             no     no    no rule
octopus   everything else   repositories         (any)                             no     no    no rule
octopus   everything else   write-repositories   (any)                             no     no    no rule
octopus   everything else   certificates         (any)                             no     no    no rule
octopus   everything else   accounts             (any)                             no     no    no rule
octopus   everything else   gpgkeys              (any)                             no     no    no rule
octopus   create            exec                 (any)                             no     no    no rule
octopus   invoke            extensions           (any)                             no     no    no rule

"#]]
    );
}

/// A file that the change leaves alone is named as it is, and the form decides which one changes.
#[test]
fn after_the_change_only_files_that_change_have_another_name() {
    let configmap = |name: &str, data: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata:\n{data}")
    };
    let rules = "p, octopus, clusters, get, *, allow\n    p, octopus, logs, get, */*, allow\n    p, octopus, applications, get, *, allow\n";
    let sandbox = Sandbox::new()
        .with("cm.yaml", configmap("argocd-cm", "  a: b\n"))
        .with(
            "rbac.yaml",
            configmap("argocd-rbac-cm", &format!("  policy.csv: |\n    {rules}")),
        )
        .with("old.yaml", configmap("argocd-rbac-cm", "  a: b\n"))
        .with(
            "cd.yaml",
            "apiVersion: argoproj.io/v1beta1\nkind: ArgoCD\nmetadata: {name: cd}\nspec:\n  rbac:\n    policy: |\n      g, ops, role:admin\n",
        );
    let decided = |line: &str| {
        let line = format!("check --after-change {line}");
        let out = sandbox.command(&line).run().stdout_of(0);
        let mut rows = out.lines();
        let row = rows.find(|row| row.contains(" logs ")).unwrap();
        row[row.rfind("   ").unwrap()..].trim().to_owned()
    };
    assert_eq!(decided("-f cm.yaml -f rbac.yaml"), "rbac.yaml:7:5");
    assert_eq!(
        decided("-f cd.yaml -f old.yaml --form operator"),
        "cd.yaml (after the change):10:7"
    );
}

#[test]
fn values_that_nothing_joins_are_several_argo_cds() {
    let values = "configs:\n  cm: {accounts.bob: login}\n";
    let sandbox = Sandbox::new()
        .with("charts/values-a.yaml", values)
        .with("charts/values-b.yaml", values);
    for (line, said) in [
        (
            "check -f charts",
            "this command looks at one Argo CD at a time",
        ),
        (
            "doctor --offline -f charts",
            "the input has several Argo CDs",
        ),
    ] {
        sandbox.command(line).run().refused(2, said);
    }
    let namespaces = ["n1", "n2"].map(|name| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: argocd-rbac-cm, namespace: {name}}}\n")
    });
    let run = Sandbox::new()
        .command("check -f -")
        .stdin(namespaces.join("---\n"))
        .run();
    run.refused(
        3,
        "the input has several Argo CDs, in the namespaces n1, n2",
    );
}
