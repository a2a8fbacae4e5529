//! Random texts that are made to cost time and memory, under limits that the system enforces: 256 MB of addresses
//! and five seconds of a processor, more in a debug build.
//!
//! `HOSTILE_INPUTS` says how many there are (24), `HOSTILE_SEED` where they begin, `HOSTILE_SECONDS` how long a
//! command may take.

#![expect(
    clippy::format_push_string,
    clippy::too_many_lines,
    reason = "a table of texts, each written as it reads"
)]
#![cfg(unix)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::common::{Sandbox, real};
use crate::random::Random;

/// How many run at the same time.
const AT_ONCE: usize = 2;
/// Kibibytes of addresses.
const MEMORY: usize = 262_144;
/// The largest text.
const LARGEST: usize = 3 << 20;

/// A text with the file names and commands that read it.
struct Input {
    kind: &'static str,
    files: Vec<(&'static str, Vec<u8>)>,
    commands: &'static [&'static str],
}

const OF_CONFIGMAPS: &[&str] = &[
    "lint -q -f FILE",
    "check -f FILE",
    "check -f FILE --after-change",
    "render -f FILE",
    "render -f FILE --absent",
    "diff -f FILE",
    "matrix -f FILE",
    "matrix -f FILE -o json",
    "who-can get app -f FILE",
    "who-can sync applications -f FILE -o json",
    "can octopus sync applications web/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa -f FILE --explain",
    "compare FILE FILE",
    "lint -q -f FILE -o sarif",
];

const OF_YAML: &[&str] = &[
    "lint -q -f FILE",
    "render -f FILE",
    "check -f FILE",
    "diff -f FILE",
    "apps -f FILE",
    "gateway values --check -f FILE",
    "lint --fix -f FILE",
    "check --sample --expect FILE",
    "render --fresh --template-values FILE",
    "diff --all --config FILE",
];

const OF_APPS: &[&str] = &[
    "apps -f FILE",
    "apps -f FILE -o json",
    "lint -q -f FILE",
    "apps annotate -f FILE --octopus-project a --environment b --diff",
];

/// The number of repetitions: mostly some, at times very many; never more text than the largest.
fn times(random: &mut Random, piece: usize) -> usize {
    let most = LARGEST / piece.max(1);
    let wanted = [3, 20, 100, 500, 3_000, 30_000, 300_000][random.below(7)];
    1 + random.below(wanted).min(most)
}

fn glob(random: &mut Random) -> String {
    const PIECES: &[&str] = &[
        "*",
        "**",
        "?",
        "*a",
        "a*",
        "{a,b}",
        "{a,b*,*c}",
        "{*x,{*a,b*{c,d}}*}",
        "[!a-z]",
        "[a-z]",
        "\\*",
        "ä",
        "*ä*",
        "web/",
        "/",
        "{,a}",
        "{",
        "}",
        "[",
        "{a",
        "a,",
        "{a{b{c,d},e},f}",
        "{aaaa*,aaa*,aa*,a*}",
    ];
    (0..=random.below(4))
        .map(|_| {
            let piece = random.pick(PIECES);
            piece.repeat([1, 2, 20, 200, 2_000][random.below(5)].min(20_000 / piece.len()))
        })
        .collect()
}

fn regex(random: &mut Random) -> String {
    const PIECES: &[&str] = &[
        "(a|a*)*",
        "(.*)+",
        "a{1,1000}",
        "(a{1,30}){1,30}",
        "(?i)straße",
        "\\pL",
        "\\p{Greek}+",
        "[[:alpha:]]*",
        "(",
        "[^a]",
        ".*",
        "(?:a?){50}a{50}",
        "a*?",
        "^",
        "$",
        "\\b",
        "(x+x+)+y",
        "|",
        "[a-zA-Z0-9_\\-\\.]+",
    ];
    (0..=random.below(4))
        .map(|_| random.pick(PIECES).repeat([1, 2, 20, 200][random.below(4)]))
        .collect()
}

fn policy(random: &mut Random) -> String {
    let regex_mode = random.one_in(3);
    let mut text = String::new();
    let rule = |random: &mut Random| {
        let object = if regex_mode {
            regex(random)
        } else {
            glob(random)
        };
        let subject = random.pick(&["octopus", "role:a", "role:admin", "alice", "proj:web:ci"]);
        let resource = random.pick(&["applications", "*", "app*", "clusters", "logs"]);
        let action = random.pick(&["get", "*", "action/*", "{get,sync}", "delete/*/Pod/*"]);
        let effect = random.pick(&["allow", "deny"]);
        format!("p, {subject}, {resource}, {action}, \"{object}\", {effect}\n")
    };
    match random.below(6) {
        0 => {
            // Roles in a circle, a chain or a star.
            let (count, shape) = (times(random, 30).min(60_000), random.below(3));
            for number in 0..count {
                let to = match shape {
                    0 => (number + 1) % count,
                    1 => number + 1,
                    _ => 0,
                };
                text.push_str(&format!("g, role:r{number}, role:r{to}\n"));
            }
            text.push_str(&format!("g, octopus, role:r{}\n", random.below(count)));
        }
        1 => {
            // Layers of roles, each bound to each of the next.
            let (layers, width) = (2 + random.below(20), 2 + random.below(30));
            for layer in 0..layers {
                for from in 0..width {
                    for to in 0..width {
                        text.push_str(&format!(
                            "g, role:l{layer}x{from}, role:l{}x{to}\n",
                            layer + 1
                        ));
                    }
                }
            }
            text.push_str("g, octopus, role:l0x0\n");
        }
        2 => {
            let line = rule(random);
            let count = times(random, line.len());
            text = line.repeat(count);
        }
        _ => {
            while text.len() < LARGEST / 4 && !random.one_in(40) {
                text.push_str(&rule(random));
            }
        }
    }
    // A policy of many rules of one subject that differ in a number.
    if random.one_in(4) {
        for number in 0..times(random, 60).min(20_000) {
            text.push_str(&format!(
                "p, octopus, applications, sync, web/{number}*, deny\n"
            ));
        }
    }
    let mut data = String::from("  policy.csv: |\n");
    for line in text.lines() {
        data.push_str("    ");
        data.push_str(line);
        data.push('\n');
    }
    if regex_mode {
        data.push_str("  policy.matchMode: regex\n");
    }
    if random.one_in(3) {
        data.push_str("  policy.default: role:a\n");
    }
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-rbac-cm\ndata:\n{data}")
}

fn yaml(random: &mut Random) -> String {
    const CM: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-cm\ndata:\n";
    const PIECES: &[&str] = &[
        "[",
        "{a: ",
        "- ",
        "? ",
        "&a ",
        "*a ",
        "!!str ",
        "!x",
        "\"",
        "'",
        "|\n",
        ">\n",
        "#c\n",
        "\n",
        "\t",
        " ",
        "---\n",
        "...\n",
        "%TAG ! x\n",
        "\u{feff}",
        "\r",
        "\u{2028}",
        "\u{0}",
        "a: ",
        "{{ x }}",
        "<<: *a\n",
        "\\",
        "[[",
        "]",
        "}",
    ];
    match random.below(9) {
        // Aliases of aliases.
        0 => {
            let (levels, width) = (2 + random.below(40), 2 + random.below(20));
            let mut text = format!("a0: &a0 [{}]\n", vec!["x"; width].join(", "));
            for level in 1..levels {
                let many = vec![format!("*a{}", level - 1); width].join(", ");
                text.push_str(&format!("a{level}: &a{level} [{many}]\n"));
            }
            text
        }
        // Merge keys of merge keys.
        1 => {
            let mut text = String::from("m0: &m0 {a: 1, b: 2}\n");
            for level in 1..times(random, 60).min(3_000) {
                text.push_str(&format!(
                    "m{level}: &m{level} {{<<: [*m{0}, *m{0}, *m{0}], k{level}: 1}}\n",
                    level - 1
                ));
            }
            text + "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\ndata: {<<: *m0}\n"
        }
        2 => {
            let key = random.pick(&["accounts.k", "policy.k", "k", "resource.customizations.k"]);
            let value = random.pick(&["apiKey", "*x", "\"a\\n\"", "'true'", "[a]", "{a: b}"]);
            let count = times(random, 40).min(100_000);
            let keys = (0..count).map(|number| format!("  {key}{number}: {value}\n"));
            format!("{CM}  x: &x y\n{}", keys.collect::<String>())
        }
        3 => {
            let opening = random.pick(&["[", "{a: ", "- ", "? ", "[[{a: [", "- - ", "{\"a\":["]);
            opening.repeat(times(random, opening.len()))
        }
        4 => {
            let mut text = CM.to_owned();
            for depth in 0..times(random, 60).min(1_500) {
                text.push_str(&" ".repeat(2 + depth));
                text.push_str("a:\n");
            }
            text
        }
        5 => {
            let count = times(random, 4).min(500_000);
            let filler = random.pick(&["x", "\"", "\\n", "ä", "{{", "# ", "' ", ": "]);
            format!(
                "{CM}  accounts.a: {}{}\n",
                random.pick(&["", "\"", "'", "|\n    "]),
                filler.repeat(count)
            )
        }
        6 => {
            let document = random.pick(&[
                "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\ndata: {a: b}\n",
                "---\na\n",
                "---\n# only a comment\n",
                "{}\n---\n",
            ]);
            document.repeat(times(random, document.len()).min(30_000))
        }
        7 => {
            let comment = random.pick(&[
                "  # c\n",
                "  # octopus-argo: ignore[x]\n",
                "\n",
                "  k: v # c\n",
            ]);
            format!(
                "{CM}  a: b\n{}",
                comment.repeat(times(random, comment.len()))
            )
        }
        _ => {
            let mut text = String::from(random.pick(&["", CM, "data:\n  "]));
            let most = [100, 10_000, 1_000_000][random.below(3)];
            while text.len() < most && !random.one_in(5_000) {
                let piece = random.pick(PIECES);
                let count = [1, 1, 1, 2, 50][random.below(5)];
                text.push_str(&piece.repeat(count));
            }
            text
        }
    }
}

fn apps(random: &mut Random) -> String {
    let count = times(random, 200).min(4_000);
    let paths = random.pick(&[
        "{{ .Values.a }}",
        "{{ .Values.a.b.c }}:{{ .Values.d }}",
        "{{",
        "{{ printf \"%s\" .Values.a }}",
        "a,",
        "}}{{",
    ]);
    let paths = paths.repeat(times(random, paths.len()).min(20_000));
    let mut text = String::new();
    for number in 0..count {
        let long = if number == 0 {
            paths.replace('"', "\\\"")
        } else {
            String::new()
        };
        text.push_str(&format!(
            "---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: a{number}\n  annotations:\n    \
             argo.octopus.com/project.s{}: shop\n    argo.octopus.com/environment.s{}: prod\n    \
             argo.octopus.com/image-replace-paths.s0: \"{long}\"\nspec:\n  project: default\n  sources:\n",
            random.below(3),
            random.below(3),
        ));
        let sources = if number == 0 {
            times(random, 80).min(3_000)
        } else {
            2
        };
        for source in 0..sources {
            text.push_str(&format!(
                "  - {{repoURL: 'https://e.com/r.git', path: p, targetRevision: main, name: s{source}}}\n"
            ));
        }
        if text.len() > LARGEST {
            break;
        }
    }
    text
}

fn template(random: &mut Random) -> String {
    const PIECES: &[&str] = &[
        "{{ \"%1000000000d\"|format(1) }}",
        "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
        "{{ range(10000000)|join(\"x\") }}",
        "{{ [range(100000)|join(\"xxxxxxxxxx\")]|join(range(100000)|join(\"y\")) }}",
        "{{ \"x\" * 1000000000 }}",
        "{% set a = \"x\" * 100000 %}{{ a.replace(\"x\", a) }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% include \"policy.csv.j2\" %}",
        "{{ (\"x,\" * 500000).split(\",\")|sort|unique|list|length }}",
        "{{ \"a\"|center(1000000000) }}",
        "{{ \"x\"|indent(1000000000) }}",
        "{{ range(3000000)|list|tojson }}",
        "{% for a in range(20000) recursive %}{{ loop([a]) }}{% endfor %}",
        "{{ 1e308|int }}{{ 9999999999999 ** 99999 }}",
        "{{ \"a\"|urlencode|upper|title|e|e|e }}",
        "{% raw %}",
    ];
    let piece = random.pick(PIECES);
    piece.repeat([1, 1, 3, 100][random.below(4)])
}

fn token(random: &mut Random) -> Vec<u8> {
    use base64::Engine as _;
    let claims = match random.below(4) {
        0 => "[".repeat(times(random, 1).min(40_000)),
        1 => format!(
            "{{\"sub\":\"{}\"}}",
            "a".repeat(times(random, 1).min(40_000))
        ),
        2 => format!(
            "{{{}}}",
            "\"exp\":99999999999999999999,".repeat(times(random, 27).min(1_500))
        ),
        _ => return yaml(random).into_bytes(),
    };
    let part = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims);
    format!("eyJhbGciOiJIUzI1NiJ9.{part}.c2lnbmF0dXJl").into_bytes()
}

fn draw(random: &mut Random) -> Input {
    let one = |kind, text: String, commands| Input {
        kind,
        files: vec![("FILE", text.into_bytes())],
        commands,
    };
    match random.below(12) {
        0..=3 => one("policy", policy(random), OF_CONFIGMAPS),
        4..=6 => one("YAML", yaml(random), OF_YAML),
        7 => one("Applications", apps(random), OF_APPS),
        8 => Input {
            kind: "template",
            files: vec![("t/policy.csv.j2", template(random).into_bytes())],
            commands: &[
                "render --fresh --template-dir t",
                "diff --sample --template-dir t",
            ],
        },
        9 => Input {
            kind: "token",
            files: vec![("FILE", token(random))],
            commands: &[
                "token inspect --token-file FILE",
                "gateway secret --token-file FILE --no-namespace",
            ],
        },
        10 => {
            // Bytes of a text, some of them changed.
            let mut bytes = if random.one_in(2) {
                policy(random)
            } else {
                yaml(random)
            }
            .into_bytes();
            for _ in 0..=random.below(20) {
                let at = random.below(bytes.len());
                bytes[at] = u8::try_from(random.below(256)).unwrap();
            }
            Input {
                kind: "bytes",
                files: vec![("FILE", bytes)],
                commands: OF_CONFIGMAPS,
            }
        }
        _ => Input {
            kind: "a configuration that was found",
            files: vec![("octopus-argo.yaml", yaml(random).into_bytes())],
            commands: &[
                "check --sample",
                "version",
                "verify --token-file nowhere",
                "lint --sample",
            ],
        },
    }
}

#[test]
fn random_hostile_texts_end_within_seconds_and_256_megabytes() {
    let Some(shell) = real::find("sh") else {
        return;
    };
    let number = |name: &str, default: usize| {
        let text = std::env::var(name).ok();
        text.map_or(default, |text| text.parse().expect("a number"))
    };
    let first = number("HOSTILE_SEED", 1);
    let inputs = number("HOSTILE_INPUTS", 24);
    let seconds = number(
        "HOSTILE_SECONDS",
        if cfg!(debug_assertions) { 60 } else { 5 },
    );
    let next = AtomicUsize::new(first);
    let (wrong, slowest) = (Mutex::new(Vec::new()), Mutex::new((0.0, String::new())));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + inputs {
                        return;
                    }
                    let mut random = Random::new(seed as u64);
                    let input = draw(&mut random);
                    let mut sandbox = Sandbox::new();
                    for (name, bytes) in &input.files {
                        sandbox = sandbox.with(name, bytes);
                    }
                    for _ in 0..2 {
                        let command = random.pick(input.commands);
                        let script = format!(
                            "ulimit -t {seconds} && ulimit -v {MEMORY} && exec {} {command}",
                            real::binary().display()
                        );
                        let begin = Instant::now();
                        let output = real::run(&shell, &["-c", &script], "", |command| {
                            command.current_dir(sandbox.path());
                        });
                        let took = begin.elapsed().as_secs_f64();
                        let said: String = String::from_utf8_lossy(&output.stderr)
                            .chars()
                            .take(300)
                            .collect();
                        let case = format!("HOSTILE_SEED={seed} {}: {command}", input.kind);
                        if !matches!(output.status.code(), Some(0..=3))
                            || said.contains("internal error")
                        {
                            wrong
                                .lock()
                                .unwrap()
                                .push(format!("{case}: {:?}: {said}", output.status));
                        }
                        let mut slowest = slowest.lock().unwrap();
                        if took > slowest.0 {
                            *slowest = (took, case);
                        }
                    }
                }
            });
        }
    });
    let (took, case) = slowest.into_inner().unwrap();
    eprintln!("{inputs} inputs; the slowest took {took:.1} s: {case}");
    let wrong = wrong.into_inner().unwrap();
    assert!(
        wrong.is_empty(),
        "{} of {inputs}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
