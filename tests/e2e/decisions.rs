//! Random policies and questions, decided by a real server and by `can`: settings, projects, groups of
//! signed tokens, default roles, denies, both match modes. `E2E_DECISIONS` says how many (1,000),
//! `E2E_SEED` where they start.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::random::Random;
use crate::system::{ArgoCd, Session, argocd_version, cluster};

const SUBJECTS: &[&str] = &["alice", "bob", "carol"];
const GROUPS: &[&str] = &["devs", "ops", "acme:leads"];
const ROLES: &[&str] = &[
    "role:deployer",
    "role:viewer",
    "role:readonly",
    "role:audit",
];
const PROJECTS: &[&str] = &["web", "shop"];
const PROJECT_ROLES: &[&str] = &["ci", "ops"];
/// Resource, and an action that the server knows for it.
const ACTIONS: &[(&str, &[&str])] = &[
    (
        "applications",
        &[
            "get", "sync", "create", "update", "delete", "override", "action",
        ],
    ),
    ("applicationsets", &["get", "create", "delete"]),
    ("logs", &["get"]),
    ("exec", &["create"]),
    ("clusters", &["get", "update"]),
    ("projects", &["get", "update"]),
    ("repositories", &["get", "create"]),
    ("accounts", &["update"]),
];
const SCOPED: &[&str] = &["applications", "applicationsets", "logs", "exec"];

/// A number from the environment.
pub fn number(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |text| text.parse().expect(name))
}

/// A policy with its settings, as the ConfigMap holds them.
pub struct State {
    pub data: Value,
    rules: Vec<[String; 5]>,
}

fn escaped(text: &str) -> String {
    text.replace('.', "\\.")
}

/// A pattern of a rule for this text, in glob or regex mode.
fn pattern(random: &mut Random, text: &str, regex: bool) -> String {
    let cut = text.len().min(random.below(text.len() + 1));
    match (random.below(6), regex) {
        (0 | 1, false) | (0, true) => text.to_owned(),
        (2, false) => format!("{}*", &text[..cut]),
        (3, false) => format!("{{{text},other}}"),
        (4, false) if !text.is_empty() => format!("?{}", &text[1..]),
        (_, false) => "*".to_owned(),
        (1 | 2, true) => format!("^{}$", escaped(text)),
        (3, true) => format!("^{}.*", escaped(&text[..cut])),
        (4, true) => format!("({}|other)", escaped(text)),
        (_, true) => ".*".to_owned(),
    }
}

fn object(random: &mut Random, resource: &str) -> String {
    let project = random.pick(PROJECTS);
    let app = random.pick(&["api", "web-1", "db"]);
    match resource {
        resource if SCOPED.contains(&resource) => match random.below(4) {
            0 => format!("{project}/team/{app}"),
            _ => format!("{project}/{app}"),
        },
        "projects" => project.to_owned(),
        "clusters" | "repositories" => match random.below(3) {
            0 => format!("{project}/prod"),
            _ => random.pick(&["prod", "staging.example.com"]).to_owned(),
        },
        _ => random.pick(SUBJECTS).to_owned(),
    }
}

fn question(random: &mut Random) -> [String; 3] {
    let (resource, actions) = ACTIONS[random.below(ACTIONS.len())];
    [
        resource.to_owned(),
        random.pick(actions).to_owned(),
        object(random, resource),
    ]
}

fn rule(random: &mut Random, subject: &str, regex: bool) -> [String; 5] {
    let [resource, action, object] = question(random);
    let resource = if random.one_in(3) {
        pattern(random, &resource, regex)
    } else {
        resource
    };
    let action = if random.one_in(2) {
        pattern(random, &action, regex)
    } else {
        action
    };
    let object = pattern(random, &object, regex);
    let effect = if random.one_in(5) { "deny" } else { "allow" };
    [
        subject.to_owned(),
        resource,
        action,
        object,
        effect.to_owned(),
    ]
}

fn field(text: &str) -> String {
    if text.contains(',') {
        format!("\"{text}\"")
    } else {
        text.to_owned()
    }
}

fn csv(rule: &[String; 5]) -> String {
    let fields: Vec<_> = rule.iter().map(|text| field(text)).collect();
    format!("p, {}\n", fields.join(", "))
}

impl State {
    pub fn draw(random: &mut Random, number: usize) -> Self {
        let regex = random.one_in(3);
        let mut rules: Vec<_> = (0..4 + random.below(10))
            .map(|_| {
                let subject = match random.below(4) {
                    0 => random.pick(SUBJECTS),
                    1 => random.pick(GROUPS),
                    _ => random.pick(ROLES),
                };
                rule(random, subject, regex)
            })
            .collect();
        if random.one_in(6) {
            rules.push(rule(random, "", regex));
        }
        let mut groupings = Vec::new();
        for _ in 0..2 + random.below(5) {
            let member = match random.below(3) {
                0 => random.pick(SUBJECTS),
                1 => random.pick(GROUPS),
                _ => random.pick(ROLES),
            };
            groupings.push((member.to_owned(), random.pick(ROLES).to_owned()));
        }
        // Two keys, as Argo CD joins them; the marker tells when the server has read this state.
        let half = rules.len() / 2;
        let mut first: String = rules[..half].iter().map(csv).collect();
        for (member, role) in &groupings {
            let _ = writeln!(first, "g, {}, {role}", field(member));
        }
        let marker = format!("p, marker, gpgkeys, delete, marker-{number:06}, allow\n");
        let second: String = rules[half..].iter().map(csv).chain([marker]).collect();
        let mut data = json!({
            "policy.csv": first, "policy.more.csv": second,
            "policy.default": "", "policy.matchMode": if regex { "regex" } else { "glob" },
        });
        if random.one_in(3) {
            data["policy.default"] = random.pick(ROLES).into();
        }
        Self { data, rules }
    }

    /// A question; more often than not one that some rule is about.
    fn question(&self, random: &mut Random) -> [String; 3] {
        if random.one_in(3) {
            return question(random);
        }
        let [_, resource, action, object, _] = &self.rules[random.below(self.rules.len())];
        let [mut first, mut second, mut third] = question(random);
        // Fields that are no patterns are asked as they are.
        if let Some((known, actions)) = ACTIONS.iter().find(|(known, _)| known == resource) {
            (*known).clone_into(&mut first);
            random.pick(actions).clone_into(&mut second);
            third = self::object(random, known);
            if actions.contains(&action.as_str()) {
                second.clone_from(action);
            }
        }
        if object
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "/-".contains(c))
        {
            third.clone_from(object);
        }
        [first, second, third]
    }
}

/// Somebody who asks: the subject, the groups, and a token that says so.
struct Caller {
    subject: String,
    groups: Vec<String>,
    token: String,
}

/// Signs claims as the server itself does, with its own key.
pub fn sign(user: &Session, claims: &Value) -> String {
    let sign = "
import base64, hashlib, hmac, sys
part = lambda data: base64.urlsafe_b64encode(data).rstrip(b'=')
text = part(b'{\"alg\":\"HS256\",\"typ\":\"JWT\"}') + b'.' + part(sys.stdin.buffer.read())
print((text + b'.' + part(hmac.new(sys.argv[1].encode(), text, hashlib.sha256).digest())).decode(), end='')
";
    user.write("sign.py", sign);
    user.run_with_stdin(
        &format!("python3 sign.py {}", ArgoCd::SIGNATURE),
        &claims.to_string(),
    )
    .ok()
}

fn callers(user: &Session) -> Vec<Caller> {
    let mut callers = Vec::new();
    let sets: [&[&str]; 4] = [&[], &["devs"], &["ops", "acme:leads"], &["unknown"]];
    for subject in SUBJECTS {
        for groups in sets {
            let claims = json!({
                "iss": "argocd", "sub": format!("{subject}:login"), "groups": groups,
                "iat": 1_767_225_600, "nbf": 1_767_225_600, "exp": 4_102_444_800_u64, "jti": format!("{subject}-{}", groups.len()),
            });
            callers.push(Caller {
                subject: (*subject).to_owned(),
                groups: groups.iter().map(|group| (*group).to_owned()).collect(),
                token: sign(user, &claims),
            });
        }
    }
    for project in PROJECTS {
        for role in PROJECT_ROLES {
            let line = format!(
                "argocd proj role create-token {project} {role} -e 24h -i {project}-{role} -t"
            );
            callers.push(Caller {
                subject: format!("proj:{project}:{role}"),
                groups: Vec::new(),
                token: user.run(&line).ok().trim().to_owned(),
            });
        }
    }
    callers
}

/// Asks the server over HTTP, which costs a hundredth of starting argocd.
pub fn server_says(port: u16, token: &str, question: &[String; 3]) -> bool {
    let [resource, action, object] = question;
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    write!(
        stream,
        "GET /api/v1/account/can-i/{resource}/{action}/{object} HTTP/1.1\r\nHost: localhost\r\n\
         Authorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    match (
        answer.contains(r#""value":"yes""#),
        answer.contains(r#""value":"no""#),
    ) {
        (true, false) => true,
        (false, true) => false,
        _ => panic!("{resource} {action} {object}: {answer}"),
    }
}

fn project(random: &mut Random, name: &str, number: usize) -> Value {
    let roles: Vec<_> = PROJECT_ROLES
        .iter()
        .map(|role| {
            let subject = format!("proj:{name}:{role}");
            let mut policies = vec![format!(
                "p, {subject}, applications, override, {name}/marker-{number:06}, allow"
            )];
            for _ in 0..=random.below(4) {
                let resource = random.pick(SCOPED);
                let (_, actions) = ACTIONS
                    .iter()
                    .find(|(known, _)| *known == resource)
                    .unwrap();
                let action = if random.one_in(4) {
                    "*"
                } else {
                    // The server refuses a role with a plain `action`.
                    match random.pick(actions) {
                        "action" => "action/*",
                        action => action,
                    }
                };
                let object = random.pick(&["*", "api", "web-*", "team/*"]);
                // A deny on applications could hide the marker, and the server would seem not to see it.
                let deny = random.one_in(5) && *resource != *"applications";
                let effect = if deny { "deny" } else { "allow" };
                policies.push(format!(
                    "p, {subject}, {resource}, {action}, {name}/{object}, {effect}"
                ));
            }
            // argocd refuses to touch a role in which a line is there twice.
            policies.sort();
            policies.dedup();
            let groups: Vec<_> = GROUPS.iter().filter(|_| random.one_in(3)).collect();
            json!({"name": role, "policies": policies, "groups": groups})
        })
        .collect();
    json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": {"name": name},
        "spec": {"sourceRepos": ["*"], "roles": roles}})
}

/// Waits until the server has read what was written.
#[track_caller]
pub fn wait_for(mut there: impl FnMut() -> bool) {
    let start = Instant::now();
    while !there() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "the server does not see the change"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    // The settings beside the policy are read after it.
    std::thread::sleep(Duration::from_millis(60));
}

#[test]
#[expect(clippy::too_many_lines, reason = "one round after the other")]
fn can_answers_as_the_server_does() {
    let Some(cluster) = cluster() else { return };
    let wanted = number("E2E_DECISIONS", 1_000);
    let mut random = Random::new(number("E2E_SEED", 1) as u64);
    let argocd = ArgoCd::install(cluster, "decisions");
    let user = Session::admin(cluster, &argocd);
    let port = argocd.port();
    let accounts: Value = SUBJECTS
        .iter()
        .chain(&["marker"])
        .map(|name| (format!("accounts.{name}"), "login".into()))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let patch = json!({"data": accounts});
    user.run(&format!(
        "kubectl patch configmap -n decisions argocd-cm --type merge -p '{patch}'"
    ))
    .ok();
    let write_projects = |random: &mut Random, number: usize| {
        let projects: Vec<_> = PROJECTS
            .iter()
            .map(|name| project(random, name, number))
            .collect();
        let list = json!({"apiVersion": "v1", "kind": "List", "items": projects}).to_string();
        // Client-side, which keeps the tokens that the server has written into the roles.
        user.run_with_stdin("kubectl apply -n decisions -f -", &list)
            .ok();
        user.write("projects.json", &list);
    };
    write_projects(&mut random, 0);
    user.run("until argocd proj get web && argocd proj get shop && argocd account get --account marker; do sleep 0.2; done").ok();
    let callers = callers(&user);
    let marker = sign(
        &user,
        &json!({"iss": "argocd", "sub": "marker:login", "iat": 1_767_225_600, "exp": 4_102_444_800_u64, "jti": "marker"}),
    );

    let (mut asked, mut yes, mut wrong) = (0, 0, Vec::new());
    let mut policy = 0;
    while asked < wanted {
        policy += 1;
        let state = State::draw(&mut random, policy);
        let patch = json!({"data": state.data}).to_string();
        user.write("patch.json", &patch);
        user.run("kubectl patch configmap -n decisions argocd-rbac-cm --type merge --patch-file patch.json").ok();
        if policy % 4 == 0 {
            write_projects(&mut random, policy);
            for caller in &callers {
                if let Some(name) = caller
                    .subject
                    .strip_prefix("proj:")
                    .and_then(|rest| rest.split(':').next())
                {
                    let seen = [
                        "applications".to_owned(),
                        "override".to_owned(),
                        format!("{name}/marker-{policy:06}"),
                    ];
                    // In regex mode a project's `*` does not compile, and denies everything: nothing to see.
                    if state.data["policy.matchMode"] == "glob" {
                        wait_for(|| server_says(port, &caller.token, &seen));
                    }
                }
            }
            std::thread::sleep(Duration::from_millis(500));
        }
        let seen = [
            "gpgkeys".to_owned(),
            "delete".to_owned(),
            format!("marker-{policy:06}"),
        ];
        wait_for(|| server_says(port, &marker, &seen));
        user.write(
            "rbac.json",
            &json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "argocd-rbac-cm"}, "data": state.data}).to_string(),
        );
        let mut questions = Vec::new();
        // Draw more than are asked, and keep what makes a third of them yes.
        for _ in 0..120 {
            let caller = &callers[random.below(callers.len())];
            let question = state.question(&mut random);
            let answer = server_says(port, &caller.token, &question);
            questions.push((caller, question, answer));
        }
        let (granted, refused): (Vec<_>, Vec<_>) =
            questions.into_iter().partition(|(_, _, answer)| *answer);
        let chosen: Vec<_> = granted
            .into_iter()
            .take(15)
            .chain(refused.into_iter().take(15))
            .take(wanted - asked)
            .collect();
        let answers = ours(&user, &chosen);
        for ((caller, question, answer), own) in chosen.iter().zip(answers) {
            asked += 1;
            yes += usize::from(*answer);
            if *answer != own {
                wrong.push(format!(
                    "{} {:?} {question:?}: the server says {answer}, we say {own}\n{}\n{}",
                    caller.subject,
                    caller.groups,
                    user.read("rbac.json"),
                    user.read("projects.json")
                ));
            }
        }
        // A long run that is ended early has shown something too.
        if asked % 1_000 < chosen.len() {
            eprintln!("{asked} decisions, {} differ", wrong.len());
        }
    }
    eprintln!(
        "{asked} decisions under {policy} policies, {yes} yes, {} differ",
        wrong.len()
    );
    assert!(
        wrong.is_empty(),
        "{} of {asked} differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(5)].join("\n")
    );
    assert!(yes * 3 >= asked, "only {yes} of {asked} are yes");
}

/// What `can` says of a subject with the groups of its token. One shell runs them all.
fn ours(user: &Session, asked: &[(&Caller, [String; 3], bool)]) -> Vec<bool> {
    let version = argocd_version();
    let mut script = String::new();
    for (caller, [resource, action, object], _) in asked {
        let groups = match &caller.groups[..] {
            [] => String::new(),
            groups => format!("--groups '{}'", groups.join(",")),
        };
        let _ = writeln!(
            script,
            "kubectl-octopus_argo can '{}' '{action}' '{resource}' '{object}' {groups} -f rbac.json -f projects.json \
             --argocd-version {version} >answer 2>err; [ $? -le 1 ] || {{ cat err >&2; exit 9; }}; cat answer",
            caller.subject
        );
    }
    user.write("ask.sh", &script);
    let answers = user.run("bash ask.sh").ok();
    answers.lines().map(|line| line == "yes").collect()
}

#[test]
fn can_answers_as_argocd_admin_does() {
    let Some(cluster) = cluster() else { return };
    let wanted = number("E2E_ADMIN_DECISIONS", 300);
    let mut random = Random::new(number("E2E_SEED", 1) as u64 + 1_000_000);
    let user = Session::new(cluster);
    let version = argocd_version();
    let (mut asked, mut yes, mut wrong) = (0, 0, Vec::new());
    while asked < wanted {
        let state = State::draw(&mut random, asked);
        let object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "argocd-rbac-cm"}, "data": state.data});
        user.write("rbac.json", &object.to_string());
        let mut script = String::new();
        for _ in 0..20 {
            let [resource, action, object] = state.question(&mut random);
            let subject = if random.one_in(2) {
                random.pick(ROLES)
            } else {
                random.pick(SUBJECTS)
            };
            let question = format!("'{subject}' '{action}' '{resource}' '{object}'");
            let _ = writeln!(
                script,
                "argocd admin settings rbac can {question} --policy-file rbac.json >/dev/null 2>err; real=$?
                 [ $real = 0 ] || ! grep -q fatal err || {{ cat err >&2; exit 9; }}
                 kubectl-octopus_argo can {question} -f rbac.json --argocd-version {version} >/dev/null 2>&1; own=$?
                 echo \"$real $own {}\"",
                question.replace('\'', "")
            );
        }
        user.write("ask.sh", &script);
        for line in user.run("bash ask.sh").ok().lines() {
            asked += 1;
            yes += usize::from(line.starts_with('0'));
            if !line.starts_with("0 0 ") && !line.starts_with("1 1 ") {
                wrong.push(format!("{line}\n{object}"));
            }
        }
    }
    eprintln!(
        "{asked} decisions of argocd admin, {yes} yes, {} differ",
        wrong.len()
    );
    assert!(
        wrong.is_empty(),
        "{} of {asked} differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(5)].join("\n")
    );
}
