//! Whatever an input looks like: `render` then `--absent` gives it back, and twice is once.

use proptest::prelude::*;

use crate::common::Sandbox;

/// Layouts of an input: blanks per level, line ends, a comment, whether the text ends with a line
/// break.
#[derive(Clone, Debug)]
struct Layout {
    step: usize,
    crlf: bool,
    comment: bool,
    finished: bool,
}

impl Layout {
    /// Lines with their depth as a text.
    fn text(&self, lines: &[(usize, String)]) -> String {
        let mut text = String::new();
        for (depth, line) in lines {
            let comment = if self.comment && !line.ends_with('|') {
                " # ü"
            } else {
                ""
            };
            text.push_str(&" ".repeat(depth * self.step));
            text.extend([line, comment, "\n"]);
        }
        if !self.finished {
            text.pop();
        }
        if self.crlf {
            text = text.replace('\n', "\r\n");
        }
        text
    }
}

fn layout() -> impl Strategy<Value = Layout> {
    (2_usize..5, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(step, crlf, comment, finished)| Layout {
            step,
            crlf,
            comment,
            finished,
        },
    )
}

/// Some of these lines, each with its depth.
fn some(lines: &'static [(usize, &'static str)]) -> impl Strategy<Value = Vec<(usize, String)>> {
    proptest::collection::vec(any::<bool>(), lines.len()).prop_map(move |chosen| {
        let lines = lines.iter().zip(chosen).filter(|(_, chosen)| *chosen);
        lines
            .map(|((depth, line), _)| (*depth, (*line).to_owned()))
            .collect()
    })
}

fn comes_back(options: &str, text: &str) -> Result<(), TestCaseError> {
    let sandbox = Sandbox::new().with("f.yaml", text);
    let run = |more: &str| {
        let line = format!("render -q -f f.yaml --in-place {options} {more}");
        let run = sandbox.command(&line).run();
        prop_assert_eq!(run.code, 0, "{}\n{}", run.stderr, text);
        Ok(sandbox.read("f.yaml"))
    };
    let edited = run("")?;
    prop_assert_ne!(&edited, text);
    prop_assert_eq!(&run("")?, &edited, "the second time changes something");
    prop_assert_eq!(&run("--absent")?, text);
    prop_assert_eq!(&run("--absent")?, text);
    Ok(())
}

fn below(depth: usize, key: &str, lines: Vec<(usize, String)>) -> Vec<(usize, String)> {
    if lines.is_empty() {
        return Vec::new();
    }
    let mut all = vec![(depth, format!("{key}:"))];
    all.extend(lines);
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn values(
        layout in layout(),
        before in some(&[(0, "global: {a: b}"), (0, "z: ${X}")]),
        cm in some(&[(2, "url: https://x"), (2, "exec.enabled: false"), (2, "create: true")]),
        rbac in some(&[(2, "policy.default: ''"), (2, "scopes: '[groups]'")]),
        after in some(&[(0, "server: {replicas: 2}"), (0, "'q': [1, 2]")]),
    ) {
        let mut configs = below(1, "cm", cm);
        configs.extend(below(1, "rbac", rbac));
        let mut lines = before;
        lines.extend(below(0, "configs", configs));
        lines.extend(after);
        prop_assume!(!lines.is_empty());
        comes_back("--form helm", &layout.text(&lines))?;
    }

    #[test]
    fn argocds(
        layout in layout(),
        extra in some(&[(2, "ping: pong"), (2, "\"q\": 'r'")]),
        policy in any::<bool>(),
        rest in some(&[(1, "server: {route: {enabled: true}}"), (1, "ha: {enabled: false}")]),
    ) {
        let mut spec = below(1, "extraConfig", extra);
        if policy {
            spec.push((1, "rbac:".to_owned()));
            spec.push((2, "policy: |".to_owned()));
            spec.push((3, "g, ops, role:admin".to_owned()));
        }
        spec.extend(rest);
        prop_assume!(!spec.is_empty());
        let layout = Layout { comment: layout.comment && !policy, ..layout };
        let mut lines: Vec<(usize, String)> = [
            (0, "apiVersion: argoproj.io/v1beta1"),
            (0, "kind: ArgoCD"),
            (0, "metadata: {name: a}"),
        ]
        .map(|(depth, line)| (depth, line.to_owned()))
        .to_vec();
        lines.extend(below(0, "spec", spec));
        comes_back("", &layout.text(&lines))?;
    }

    #[test]
    fn projects(
        layout in layout(),
        roles in 0_usize..3,
        rest in some(&[(1, "sourceRepos: ['*']"), (1, "description: x")]),
        last in any::<bool>(),
    ) {
        let mut lines: Vec<(usize, String)> = [
            (0, "apiVersion: argoproj.io/v1alpha1"),
            (0, "kind: AppProject"),
            (0, "metadata: {name: a}"),
        ]
        .map(|(depth, line)| (depth, line.to_owned()))
        .to_vec();
        let list: Vec<(usize, String)> = (0..roles)
            .flat_map(|n| [(1, format!("- name: r{n}")), (2, "jwtTokens: [{iat: 1}]".to_owned())])
            .collect();
        // Two blanks belong to the dash.
        let layout = Layout { step: 2, ..layout };
        let list = below(1, "roles", list);
        let spec = if last { [rest, list].concat() } else { [list, rest].concat() };
        prop_assume!(!spec.is_empty());
        lines.extend(below(0, "spec", spec));
        comes_back("--form appproject", &layout.text(&lines))?;
    }
}
