//! Files as people have them: ConfigMaps, values, `ArgoCD`s and `AppProject`s in every shape that
//! an edit can meet, made from a list of choices.

use serde_json::{Value, json};

use super::RULES;

/// A generated file, and what is known about it.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) text: String,
    /// The options that it is rendered with.
    pub(crate) options: &'static str,
    /// What its objects must have afterwards: the way to each place, and the value there; null for
    /// a policy that gets rules, a name for a role that comes to a list, a list of what comes to one.
    pub(crate) wanted: Vec<(Vec<&'static str>, Value)>,
    /// Whether a null had to be filled, which the bytes cannot tell from nothing afterwards.
    pub(crate) is_ambiguous: bool,
    /// Whether it is YAML only once a template is rendered.
    pub(crate) is_template: bool,
    /// Whether what is edited is shared with another place, so that a refusal is right.
    pub(crate) is_shared: bool,
}

/// A list of choices; when it is used up, every choice is the first.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn below(&mut self, count: usize) -> usize {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                usize::from(*first) % count
            }
            None => 0,
        }
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

struct Generator<'a> {
    choices: Choices<'a>,
    step: usize,
    shape: Shape,
    /// Anchors of texts that can be repeated.
    anchors: Vec<String>,
    /// Whether there is a mapping `base` that can be merged.
    base: bool,
    /// Whether there is a null that is filled.
    fills_null: bool,
    /// How many mappings have an anchor: no document may have two of one name.
    anchored: usize,
    /// The anchor of a mapping that is edited and is to be repeated.
    repeats: Option<String>,
    /// Whether lines of a template may come.
    template: bool,
}

const ENTRIES: [&str; 10] = [
    "url: https://x",
    "exec.enabled: 'false'",
    "\"q.r\": \"s # t\"",
    "kustomize.buildOptions: --enable-helm",
    "w: ${X}",
    "v: '{{ .Values.v }}'",
    "u: $${U}",
    "t: ü 😀",
    "ga.trackingid: >-\n  folded\n  lines",
    "banner: |\n  one # no comment\n\n  two",
];
const ACCOUNT: [(&str, &str); 2] = [
    ("accounts.octopus", "apiKey"),
    ("accounts.octopus.enabled", "true"),
];
const COMMENTS: [&str; 4] = [
    "# OPS-1: do not remove",
    "# url: https://y",
    "#",
    "# ü: {x}",
];

pub(crate) fn shape(bytes: &[u8]) -> Shape {
    let mut choices = Choices(bytes);
    let step = choices.of(&[2, 4, 3]);
    let template = choices.one_in(6);
    let mut generator = Generator {
        choices,
        step,
        shape: Shape {
            text: String::new(),
            options: "",
            wanted: Vec::new(),
            is_ambiguous: false,
            is_template: false,
            is_shared: false,
        },
        anchors: Vec::new(),
        base: false,
        fills_null: false,
        anchored: 0,
        repeats: None,
        template,
    };
    generator.file();
    let Generator {
        mut choices,
        mut shape,
        fills_null,
        ..
    } = generator;
    match choices.below(8) {
        1 => shape.text.truncate(shape.text.trim_end_matches('\n').len()),
        2 => shape.text.push_str("\n\n"),
        3 => shape.text.push_str("# last\n"),
        4 => shape.text.push_str("  # last, no line break"),
        _ => {}
    }
    // A block below a filled null ends with a line break, whether the text did before or not.
    shape.is_ambiguous |= fills_null && !shape.text.ends_with('\n');
    if choices.one_in(5) {
        shape.text = shape.text.replace('\n', "\r\n");
    }
    if choices.one_in(8) {
        shape.text.insert(0, '\u{feff}');
    }
    shape
}

impl Generator<'_> {
    fn file(&mut self) {
        match self.choices.below(10) {
            0 => self.configmap("argocd-cm"),
            1 => self.configmap("argocd-rbac-cm"),
            2 => {
                self.configmap("argocd-cm");
                let marker = self.choices.of(&["---\n", "--- # two\n", "...\n---\n"]);
                self.shape.text.push_str(marker);
                self.anchors.clear();
                self.base = false;
                self.configmap("argocd-rbac-cm");
            }
            3 => self.values(""),
            4 => self.values("argo-cd"),
            5 => self.argocd(),
            6 => self.operations(),
            7 => self.generator(),
            8 => self.inlined(),
            _ => self.project(),
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        let indent = " ".repeat(depth * self.step);
        for line in text.split('\n') {
            if !line.is_empty() {
                self.shape.text.push_str(&indent);
            }
            self.shape.text.push_str(line);
            self.shape.text.push('\n');
        }
    }

    fn comment(&mut self, depth: usize) {
        let comment = self.choices.of(&COMMENTS);
        self.line(depth, comment);
    }

    /// A line that means nothing: a comment or a blank one.
    fn trivia(&mut self, depth: usize) {
        let comment = self.choices.of(&COMMENTS);
        match self.choices.below(9) {
            5 => self.shape.text.push('\n'),
            6 => self.line(depth, comment),
            7 if !self.after_block() => self.line(depth + 1, comment),
            8 => self.line(0, comment),
            _ => {}
        }
    }

    /// Whether a deeper comment would be content.
    fn after_block(&self) -> bool {
        let last = self.shape.text.trim_end().rsplit('\n').next();
        last.is_some_and(|last| {
            let last = last.trim_start();
            last == "two"
                || last == "lines"
                || last.starts_with("g, ")
                || last.ends_with(['|', '-'])
        })
    }

    fn right(&mut self) -> &'static str {
        self.choices.of(&["", "", "", "  # right", " # x: y"])
    }

    fn entry(&mut self, depth: usize, taken: &mut Vec<&'static str>) {
        let entry = self.choices.of(&ENTRIES);
        let key = entry.split(':').next().unwrap_or_default();
        if taken.contains(&key) {
            return;
        }
        taken.push(key);
        let is_plain = !entry.contains('\n');
        let block = self.template && is_plain && self.choices.one_in(4);
        if block {
            self.shape.is_template = true;
            let depth = self.choices.of(&[depth, 0]);
            let tag = self
                .choices
                .of(&["{{- if .Values.x }}", "{% if x %}", "%{ if x }"]);
            self.line(depth, tag);
        }
        let right = if is_plain { self.right() } else { "" };
        if is_plain && self.choices.one_in(8) {
            let name = format!("a{}", self.anchors.len());
            let (key, value) = entry.split_once(": ").unwrap_or((entry, "x"));
            self.line(depth, &format!("{key}: &{name} {value}{right}"));
            self.anchors.push(name);
        } else {
            self.line(depth, &format!("{entry}{right}"));
        }
        if self.template && !is_plain && self.choices.one_in(2) {
            // Lines of the text above, whatever YAML makes of them.
            self.shape.is_template = true;
            self.line(0, "{{- with .Values.lines }}");
            self.line(depth + 1, "three");
            self.line(0, "{{- end }}");
        } else if self.template && self.choices.one_in(4) {
            self.shape.is_template = true;
            let depth = self.choices.of(&[depth, 0]);
            self.line(depth, "{{ toYaml .Values.more | indent 2 }}");
        }
        if block {
            let tag = match self.shape.text.rsplit('\n').nth(2).map(str::trim_start) {
                Some(line) if line.starts_with("{{") => "{{- end }}",
                Some(line) if line.starts_with("{%") => "{% endif %}",
                _ => "%{ endif }",
            };
            self.line(0, tag);
        }
    }

    /// A mapping in some shape, with entries that are nobody's business; whether its key is there.
    /// `more` writes entries that it must have.
    #[expect(
        clippy::type_complexity,
        reason = "an alias would say no more than the type"
    )]
    fn mapping(&mut self, depth: usize, key: &str, more: Option<&mut dyn FnMut(&mut Self, usize)>) {
        let right = self.right();
        let must = more.is_some();
        let shape = self.choices.below(if must { 3 } else { 12 });
        self.fills_null |= (3..8).contains(&shape);
        match shape {
            3 if !must => return,
            4 => {
                self.shape.is_ambiguous |= right.is_empty();
                self.line(depth, &format!("{key}:{right}"));
                return;
            }
            5 => {
                self.shape.is_ambiguous = true;
                let null = self.choices.of(&["~", "null"]);
                self.line(depth, &format!("{key}: {null}{right}"));
                return;
            }
            6 | 7 => {
                self.line(depth, &format!("{key}:{right}"));
                for _ in 0..=self.choices.below(2) {
                    self.comment(depth + 1);
                }
                return;
            }
            8 => {
                self.line(depth, &format!("{key}: {{}}{right}"));
                return;
            }
            9 => {
                self.line(depth, &format!("{key}: {{"));
                self.comment(depth + 1);
                self.line(depth + 1, &format!("}}{right}"));
                return;
            }
            10 => {
                let inside = self
                    .choices
                    .of(&["a: b", "a: b, c: 'd'", "\"a\": \"b\"", "a: b,"]);
                self.line(depth, &format!("{key}: {{{inside}}}{right}"));
                return;
            }
            11 => {
                self.line(depth, &format!("{key}: {{"));
                self.line(depth + 1, "a: b, # one");
                let comma = self.choices.of(&["", ","]);
                self.line(depth + 1, &format!("c: d{comma} # two"));
                self.line(depth + 1, &format!("}}{right}"));
                return;
            }
            _ => {}
        }
        let anchor = self.choices.one_in(10).then(|| {
            self.anchored += 1;
            format!("m{}", self.anchored)
        });
        let shown = anchor
            .as_ref()
            .map_or(String::new(), |name| format!(" &{name}"));
        self.line(depth, &format!("{key}:{shown}{right}"));
        let begin = self.shape.text.len();
        let mut taken = Vec::new();
        self.trivia(depth + 1);
        if self.base && more.is_none() && self.choices.one_in(2) {
            self.line(depth + 1, "<<: *base");
            taken.push("<<");
        }
        for _ in 0..self.choices.below(3) {
            self.entry(depth + 1, &mut taken);
            self.trivia(depth + 1);
        }
        if let Some(more) = more {
            more(self, depth + 1);
            self.trivia(depth + 1);
        } else if taken.is_empty() {
            self.line(depth + 1, "o: p");
        }
        if let Some(name) = self
            .anchors
            .last()
            .filter(|_| self.choices.one_in(3))
            .cloned()
        {
            self.line(depth + 1, &format!("alias: *{name}"));
        }
        let inside = &self.shape.text[begin..];
        // A comment that is indented no deeper than the key is not inside it.
        let is_beside = |line: &str| {
            let text = line.trim_start();
            let indent = line.len() - text.len();
            text.is_empty() || text.starts_with('#') && indent <= depth * self.step
        };
        self.shape.is_ambiguous |= inside.lines().all(is_beside);
        self.fills_null |= inside
            .trim()
            .lines()
            .all(|line| line.trim().starts_with('#'));
        if anchor.is_some() && self.choices.one_in(3) {
            // Repeated: what is edited is shared.
            self.shape.is_shared = true;
            self.repeats = anchor;
        }
    }

    fn head(&mut self, kind: &str, name: &str) {
        if self.choices.one_in(5) {
            self.line(0, "# head");
        }
        self.line(0, kind);
        let metadata = self.choices.of(&[
            "metadata:\n  name: ",
            "metadata: {name: ",
            "metadata:\n    # c\n    name: ",
        ]);
        let close = if metadata.contains('{') { "}" } else { "" };
        self.line(0, &format!("{metadata}{name}{close}"));
        self.merged();
        self.trivia(0);
    }

    fn merged(&mut self) {
        if self.choices.one_in(5) {
            self.line(0, "x-base: &base {base: q}");
            self.base = true;
        }
    }

    fn tail(&mut self) {
        if let Some(name) = self.repeats.take() {
            self.line(0, &format!("x-other: *{name}"));
        } else if self.choices.one_in(4) {
            let tail = self
                .choices
                .of(&["x-tail: {a: b}", "x-tail:\n  a: b", "x-tail: [1, 2]"]);
            self.line(0, tail);
        }
    }

    fn configmap(&mut self, name: &'static str) {
        self.head("apiVersion: v1\nkind: ConfigMap", name);
        let account = vec![
            (vec!["data", "accounts.octopus"], json!("apiKey")),
            (vec!["data", "accounts.octopus.enabled"], json!("true")),
        ];
        let rules = (vec!["data", "policy.octopus.csv"], json!(RULES));
        if name == "argocd-cm" {
            self.shape.wanted.extend(account);
        } else {
            self.shape.wanted.push(rules);
        }
        self.mapping(0, "data", None);
        self.tail();
    }

    fn values(&mut self, root: &'static str) {
        let mut way: Vec<&'static str> = Vec::new();
        self.trivia(0);
        self.merged();
        self.shape.options = "--form helm";
        if self.choices.one_in(3) {
            self.line(0, "global: {domain: x}");
        }
        if !root.is_empty() {
            self.shape.options = "--form helm --values-root argo-cd";
            way.push(root);
        }
        let inside = |generator: &mut Self, depth: usize| {
            let mut cm_and_rbac = |generator: &mut Self, depth: usize| {
                generator.mapping(depth, "cm", None);
                generator.trivia(depth);
                generator.mapping(depth, "rbac", None);
            };
            if generator.choices.one_in(4) {
                generator.mapping(depth, "configs", None);
            } else {
                generator.mapping(depth, "configs", Some(&mut cm_and_rbac));
            }
        };
        if root.is_empty() {
            inside(self, 0);
        } else if self.choices.one_in(4) {
            self.mapping(0, root, None);
        } else {
            let mut inside = inside;
            self.mapping(0, root, Some(&mut inside));
        }
        for (below, key, value) in [
            ("cm", "accounts.octopus", "apiKey"),
            ("cm", "accounts.octopus.enabled", "true"),
            ("rbac", "policy.octopus.csv", RULES),
        ] {
            let way = way.iter().copied().chain(["configs", below, key]);
            self.shape.wanted.push((way.collect(), json!(value)));
        }
        self.tail();
        if self
            .shape
            .text
            .lines()
            .all(|line| line.trim().is_empty() || line.trim().starts_with('#'))
        {
            self.line(0, "server: {replicas: 2}");
        }
    }

    fn argocd(&mut self) {
        self.head("apiVersion: argoproj.io/v1beta1\nkind: ArgoCD", "argocd");
        let mut policy = false;
        let mut inside = |generator: &mut Self, depth: usize| {
            generator.mapping(depth, "extraConfig", None);
            generator.trivia(depth);
            if generator.choices.one_in(2) {
                let written = generator.choices.of(&[
                    "\"\"",
                    "''",
                    "'g, a, role:admin'",
                    "\"g, a, role:admin\"",
                    "g, a, role:admin",
                    "|\n  g, a, role:admin",
                    "|-\n  g, a, role:admin\n  g, b, role:admin",
                    "|+\n  g, a, role:admin\n",
                    ">\n  g, a, role:admin\n\n  g, b, role:admin",
                    "'g, a, role:admin\n\n  g, b, role:admin'",
                ]);
                let right = if written.contains('\n') {
                    ""
                } else {
                    generator.right()
                };
                let step = " ".repeat(generator.step);
                let written = written.replace("\n  ", &format!("\n{step}"));
                generator.line(depth, "rbac:");
                generator.line(depth + 1, &format!("policy: {written}{right}"));
                policy = true;
            }
            if generator.choices.one_in(3) {
                generator.line(depth, "ha: {enabled: false}");
            }
        };
        if self.choices.one_in(4) {
            self.mapping(0, "spec", None);
        } else {
            self.mapping(0, "spec", Some(&mut inside));
        }
        for (key, value) in [
            ("accounts.octopus", "apiKey"),
            ("accounts.octopus.enabled", "true"),
        ] {
            let way = vec!["spec", "extraConfig", key];
            self.shape.wanted.push((way, json!(value)));
        }
        if policy {
            let way = vec!["spec", "rbac", "policy"];
            self.shape.wanted.push((way, Value::Null));
        }
        self.tail();
    }

    /// A list of JSON operations.
    fn operations(&mut self) {
        let cm = self.choices.one_in(2);
        let first = if cm { "accounts.ci" } else { "policy.default" };
        let added: &[(&str, &str)] = if cm {
            &ACCOUNT
        } else {
            &[("policy.octopus.csv", RULES)]
        };
        let operation = |(key, value): &(&str, &str)| json!({"op": "add", "path": format!("/data/{key}"), "value": value});
        let added: Vec<Value> = added.iter().map(operation).collect();
        self.shape.wanted.push((Vec::new(), json!(added)));
        if self.choices.one_in(4) {
            let op = |key: &str| {
                format!("{{\"op\": \"add\", \"path\": \"/data/{key}\", \"value\": \"x\"}}")
            };
            let (one, two) = (op(first), op("a~1b"));
            let text = self
                .choices
                .of(&["[{}, {}]", "[\n  {},\n  {}\n]", "[\n{}\n,{}]"]);
            let text = text.replacen("{}", &one, 1).replacen("{}", &two, 1);
            self.line(0, &text);
            return;
        }
        self.trivia(0);
        for key in [first, "a~1b", "url"]
            .iter()
            .take(1 + self.choices.below(3))
        {
            let written = self.choices.of(&[
                "- op: add\n  path: /data/KEY\n  value: x",
                "- op: replace\n  # why\n  path: \"/data/KEY\"\n  value: |\n    x",
                "- {op: add, path: /data/KEY, value: 'x'}",
                "-   op: add\n    value: >-\n      x\n    path: '/data/KEY'",
                "- op: test\n  path: /data/KEY\n  value: x\n- op: add\n  path: /data/KEY\n  value: \"x\"",
            ]);
            let is_block = written.ends_with("  x") || written.contains(">-");
            let right = if is_block { "" } else { self.right() };
            self.line(0, &format!("{}{right}", written.replace("KEY", key)));
            if !is_block {
                self.trivia(0);
            }
        }
    }

    /// A kustomization with generators.
    fn generator(&mut self) {
        self.trivia(0);
        if self.choices.one_in(3) {
            self.line(
                0,
                "kind: Kustomization\napiVersion: kustomize.config.k8s.io/v1beta1",
            );
        }
        let right = self.right();
        self.line(0, &format!("configMapGenerator:{right}"));
        let depth = self.choices.below(2);
        let both = self.choices.one_in(2);
        let literals: Vec<String> = ACCOUNT
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        self.a_generator(depth, "argocd-cm");
        self.shape
            .wanted
            .push((vec!["configMapGenerator", "0", "literals"], json!(literals)));
        if both {
            self.trivia(depth);
            self.a_generator(depth, "argocd-rbac-cm");
            let literal = format!("policy.octopus.csv={RULES}");
            let way = vec!["configMapGenerator", "1", "literals"];
            self.shape.wanted.push((way, json!([literal])));
        }
        self.tail();
    }

    fn a_generator(&mut self, depth: usize, name: &str) {
        let right = self.right();
        let behavior = self
            .choices
            .of(&["\n  behavior: merge", "\n  behavior: create", ""]);
        self.line(depth, &format!("- name: {name}{right}{behavior}"));
        let right = self.right();
        let comment = self.choices.of(&COMMENTS);
        let literals = match self.choices.below(9) {
            0 => String::new(),
            1 => {
                self.shape.is_ambiguous = true;
                format!("  literals:{right}")
            }
            2 => {
                self.shape.is_ambiguous = true;
                format!("  literals:\n    {comment}")
            }
            3 => format!("  literals: []{right}"),
            4 => format!("  literals: [url=x, 'a=\"b\"',]{right}"),
            5 => format!("  literals: [ # one\n    a=b, # two\n    ]{right}"),
            6 => format!("  literals:\n  - url=x{right}\n  {comment}\n  - |\n    a=b\n    c"),
            7 => format!("  literals:\n    {comment}\n    - \"a=b\\nc\"{right}\n    -   c='d'"),
            _ => format!("  literals:\n  - a=b\n  files:{right}\n  - x.txt\n  {comment}"),
        };
        if !literals.is_empty() {
            self.line(depth, &literals);
        }
        if self.choices.one_in(3) {
            self.line(depth, "  options: {disableNameSuffixHash: true}");
        }
        self.fills_null |= self.shape.is_ambiguous;
    }

    /// A kustomization with patches inside of it: to other readers they are texts.
    fn inlined(&mut self) {
        self.shape.is_template = true;
        self.trivia(0);
        self.line(0, "patches:");
        let depth = self.choices.below(2);
        let header = self.choices.of(&["|-", "|", "|- # why", "|+"]);
        let both = [
            ("argocd-cm", "accounts.ci"),
            ("argocd-rbac-cm", "policy.default"),
        ];
        if self.choices.one_in(4) {
            let documents = both.map(|(name, key)| {
                let data = self
                    .choices
                    .of(&["", "data: {KEY: x}", "data:\n  KEY: x # one"]);
                let head = format!("kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: {name}\n");
                head + &data.replace("KEY", key)
            });
            let separator = self.choices.of(&["\n---\n", "\n# one\n---\n# two\n"]);
            let block = documents.join(separator).replace('\n', "\n    ");
            self.line(depth, &format!("- patch: {header}\n    {block}"));
            self.tail();
            return;
        }
        for (name, key) in both {
            let patch = self.choices.of(&[
                "- op: add\n  path: /data/KEY\n  value: x",
                "- {op: add, path: /data/KEY, value: 'x'} # one\n# two\n",
                "[{\"op\": \"add\", \"path\": \"/data/KEY\", \"value\": \"x\"}]",
                "kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: NAME\ndata:\n  KEY: x # one",
                "kind: ConfigMap\napiVersion: v1\nmetadata: {name: NAME}\ndata: {KEY: x}\n# last",
                "# first\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: NAME}",
            ]);
            let patch = patch.replace("KEY", key).replace("NAME", name);
            let patch = patch.replace('\n', "\n    ");
            let before = self.choices.one_in(2);
            let target = format!("target: {{kind: ConfigMap, name: {name}}}");
            let patch = format!("patch: {header}\n    {patch}");
            let (one, two) = if before {
                (target, patch)
            } else {
                (patch, target)
            };
            self.line(depth, &format!("- {one}\n  {two}"));
        }
        self.tail();
    }

    fn project(&mut self) {
        self.head("apiVersion: argoproj.io/v1alpha1\nkind: AppProject", "p");
        self.shape.options = "--form appproject";
        let mut inside = |generator: &mut Self, depth: usize| {
            let right = generator.right();
            generator.fills_null = true;
            match generator.choices.below(6) {
                0 => {}
                1 => {
                    generator.line(depth, &format!("roles:{right}"));
                    generator.shape.is_ambiguous |= right.is_empty();
                }
                2 => generator.line(depth, &format!("roles: []{right}")),
                3 => generator.line(depth, &format!("roles: [{{name: a}}]{right}")),
                4 => {
                    generator.line(depth, &format!("roles:{right}"));
                    generator.line(depth + 1, "# later");
                }
                _ => {
                    generator.line(depth, &format!("roles:{right}"));
                    generator.line(depth, "- name: a # c\n  # d\n  policies: []");
                    generator.trivia(depth);
                }
            }
            generator.line(depth, "description: x");
        };
        self.mapping(0, "spec", Some(&mut inside));
        self.shape
            .wanted
            .push((vec!["spec", "roles"], json!("octopus")));
        self.tail();
    }
}
