//! Any values for any template. The first byte chooses what is rendered, the second how; account,
//! projects and namespace follow, a line each, and behind them a value of one's own. What comes
//! out has exactly the keys and rules that it must have, or is refused.

use kubectl_octopus_argo::error::Result;
use kubectl_octopus_argo::model::{
    AccountName, FleetSettings, Gateway, Instance, MatchMode, Source, Which,
};
use kubectl_octopus_argo::rbac::{Line, lines};
use kubectl_octopus_argo::render::{
    Engine, GatewayVariables, Override, Rendered, Variables, Wanted,
};
use kubectl_octopus_argo::yaml::{Stream, write};
use serde_json::{Map, Value, json};

use super::world::{Answer, is_for_commands, obeys_nothing, run as command};

#[path = "values_wanted.rs"]
mod wanted;

use wanted::{Input, account_in, rules};

/// One input in so many goes through whole commands.
const COMMANDS: u64 = 512;
/// What is rendered in place of a value, to see where it belongs.
const PLACE: &str = "PLACE-of-a-value";

thread_local! {
    static BUILT_IN: Engine = Engine::new(write::value, Vec::new()).expect("they compile");
    static OWN: Engine = Engine::new(write::value, own_templates()).expect("they compile");
}

/// Templates that write a value in every way there is.
fn own_templates() -> Vec<Override> {
    let templates = [
        (
            "policy.csv.j2",
            "p, {{ account }}, {{ own }}, {{ own | field }}, a/b, allow\n",
        ),
        (
            "argocd-cm.data.yaml.j2",
            "first: {{ own }}\n{{ own }}: {{ own }}\nlist:\n- {{ own }}\n- {k: {{ own }}}\nlast: x\n",
        ),
        (
            "gateway-command.sh.j2",
            "echo {{ own }} x{{ own }}y \\\n  {{ own }}\n",
        ),
    ];
    let own = |(name, text): (&str, &str)| Override {
        name: name.to_owned(),
        path: format!("own/{name}"),
        text: text.to_owned(),
    };
    templates.into_iter().map(own).collect()
}

pub fn run(data: &[u8]) {
    let [kind, options, rest @ ..] = data else {
        return;
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        return;
    };
    let mut parts = text.splitn(4, '\n').chain(std::iter::repeat(""));
    let mut next = || parts.next().unwrap_or_default();
    let (account, projects, namespace, own) = (next(), next(), next(), next());
    let projects = projects.split(',').filter(|name| !name.is_empty());
    let input = Input {
        options: *options,
        account,
        projects: projects.collect(),
        namespace,
        own,
    };
    if let Some(variables) = input.variables() {
        let rendered = BUILT_IN.with(|engine| account_in(*kind, engine, &input, &variables));
        if let Some((rendered, wanted)) = rendered {
            assert_eq!(model(&rendered.expect("names that can be")), wanted);
        }
        OWN.with(|engine| own_in_every_way(engine, &input, &variables));
    }
    BUILT_IN.with(|engine| others(*kind, engine, &input));
    if is_for_commands(data, COMMANDS) {
        commands(&input);
    }
}

/// A value of one's own, as YAML, as a field of a policy and as a word of a shell.
fn own_in_every_way(engine: &Engine, input: &Input<'_>, variables: &Variables) {
    let own = input.own;
    let odd = own.contains(char::is_control);
    let policy = engine.data(Which::RbacCm, variables);
    assert_eq!(policy.is_err(), odd, "{own:?} in a policy line");
    // Some readers take these for line breaks, or refuse them: ours refuses what is rendered.
    if own.contains(['\u{2028}', '\u{2029}', '\u{fffe}', '\u{ffff}']) {
        let read = |policy: Rendered| Stream::parse(Source::new("rendered", policy.text));
        assert!(
            policy.is_ok_and(|policy| read(policy).is_err()) || odd,
            "{own:?}"
        );
    } else if let Ok(policy) = policy {
        let model = model(&policy);
        let text = model[&variables.policy_key].as_str().expect("a text");
        let name = "policy".into();
        let all = lines(&name, text).map(|line| line.line);
        let all: Vec<_> = all.filter(|line| !matches!(line, Line::Blank)).collect();
        let [Line::Policy(rule)] = &all[..] else {
            panic!("not one rule: {text:?}")
        };
        assert_eq!(rule.subject.text, input.account);
        assert_eq!(rule.resource.text, own, "{text:?}");
        assert_eq!(rule.action.text, own, "{text:?}");
        assert_eq!(rule.object.text, "a/b");
        assert_eq!(rule.effect.text, "allow");
    }
    // A key of YAML that long is none.
    if own.len() <= 200 && !["first", "list", "last"].contains(&own) {
        let wanted = json!({ "first": own, own: own, "list": [own, { "k": own }], "last": "x" });
        let data = engine
            .data(Which::Cm, variables)
            .expect("any text can be quoted");
        assert_eq!(model(&data), wanted);
    }
    let gateway = GatewayVariables {
        extra: variables.extra.clone(),
        ..GatewayVariables::default()
    };
    let words = engine.gateway("gateway-command.sh.j2", &gateway);
    assert_eq!(words.is_err(), odd, "{own:?} in a command");
    if let Ok(words) = words {
        let wanted = ["echo", own, &format!("x{own}y"), own];
        assert_eq!(shell_words(&words.text), wanted, "{}", words.text);
    }
}

/// Templates in which any text can stand: it stands where the place was, and changes nothing else.
fn others(kind: u8, engine: &Engine, input: &Input<'_>) {
    let render = |value: &str| -> Option<Result<Rendered>> {
        let gateway = gateway(input.options, value);
        Some(match kind % 12 {
            9 => {
                let entries = [(value.to_owned(), value.to_owned())];
                let namespace = (input.options & 1 == 0).then_some(value);
                engine.secret(value, namespace, &entries)
            }
            10 => engine.gateway("gateway-values.yaml.j2", &gateway),
            11 if input.options & 4 == 0 => engine.gateway("gateway-application.yaml.j2", &gateway),
            11 => {
                let fleet = FleetSettings {
                    target_revision: Some(value.to_owned()),
                    project: Some(value.to_owned()),
                    namespace: Some(value.to_owned()),
                    ..FleetSettings::default()
                };
                let variables = plain_variables(value);
                if input.options & 8 == 0 {
                    engine.fleet_applicationset(&fleet, value, &variables)
                } else {
                    let instance = Instance {
                        name: value.to_owned(),
                        ..Instance::default()
                    };
                    engine.fleet_instance(&instance, &variables)
                }
            }
            _ => return None,
        })
    };
    if input.own.len() > 200 {
        return;
    }
    let Some((place, own)) = render(PLACE).zip(render(input.own)) else {
        return;
    };
    let place = model(&place.expect("a plain word"));
    assert_eq!(
        model(&own.expect("any text can be quoted")),
        filled(&place, input.own)
    );
}

fn plain_variables(namespace: &str) -> Variables {
    let account = AccountName::new("octopus").expect("a name");
    Variables {
        policy_key: account.policy_key(),
        account,
        namespace: namespace.to_owned(),
        wanted: Wanted::default(),
        extra: Map::new(),
    }
}

fn gateway(options: u8, value: &str) -> GatewayVariables {
    let text = || Some(value.to_owned());
    let on = |bit: u8| options & bit != 0;
    GatewayVariables {
        gateway: Gateway {
            name: text(),
            namespace: text(),
            release: text(),
            chart_version: text(),
            octopus_url: text(),
            octopus_grpc_url: text(),
            environments: on(1).then(|| vec![value.to_owned(), "x".to_owned()]),
            spaces: Some(vec![value.to_owned(); usize::from(options % 3)]),
            access_token_secret: text(),
            access_token_key: text(),
            argocd_grpc_url: text(),
            argocd_web_url: text(),
            insecure: Some(on(2)),
            plaintext: Some(on(8)),
            grpc_web: Some(on(16)),
            grpc_web_root_path: on(32).then(text).flatten(),
            certificate_secret: text(),
            token_secret: text(),
            token_key: text(),
            project_token_secret: on(64).then(text).flatten(),
            ..Gateway::default()
        },
        namespace: value.to_owned(),
        inline_token: on(128).then(text).flatten(),
        in_application: on(1),
        application_project: value.to_owned(),
        settings: Vec::new(),
        extra: Map::new(),
    }
}

/// The same with the value in its places.
fn filled(model: &Value, value: &str) -> Value {
    match model {
        Value::String(text) => text.replace(PLACE, value).into(),
        Value::Array(items) => items.iter().map(|item| filled(item, value)).collect(),
        Value::Object(map) => {
            let entry =
                |(key, item): (&String, &Value)| (key.replace(PLACE, value), filled(item, value));
            map.iter().map(entry).collect()
        }
        other => other.clone(),
    }
}

/// What was rendered, as our own reader and another one read it.
fn model(rendered: &Rendered) -> Value {
    let text = rendered.text.as_str();
    let stream = Stream::parse(Source::new("rendered", text));
    let stream = stream.unwrap_or_else(|error| panic!("{error}\n{text}"));
    let [document] = stream.documents() else {
        panic!("more than one document: {text}")
    };
    assert!(
        document.duplicates().is_empty(),
        "a key stands twice: {text}"
    );
    let model = document.root().map(|root| document.to_json(root));
    let model = model.expect("a document").expect("plain values");
    let theirs: Value =
        serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(theirs, model, "another reader reads something else: {text}");
    model
}

/// A command as a shell takes it apart: blanks, a backslash before a line break, single quotes.
fn shell_words(text: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), None::<String>);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\n' => words.extend(word.take()),
            '\'' => {
                let inside = chars.by_ref().take_while(|c| *c != '\'');
                word.get_or_insert_default().extend(inside);
            }
            '\\' => match chars.next() {
                Some('\n') | None => {}
                Some(c) => word.get_or_insert_default().push(c),
            },
            c => {
                assert!(
                    !"$`\"!*?[]{}()<>|&;#~".contains(c),
                    "a shell acts on {c}: {text}"
                );
                word.get_or_insert_default().push(c);
            }
        }
    }
    words.extend(word);
    words
}

fn commands(input: &Input<'_>) {
    let account = format!("--account={}", input.account);
    let own = format!("own={}", input.own);
    let mut words = vec![
        "render",
        "--only=argocd-rbac-cm",
        "-q",
        "--template-set",
        &own,
        &account,
    ];
    let projects: Vec<_> = input
        .projects
        .iter()
        .map(|name| format!("--project={name}"))
        .collect();
    words.extend(projects.iter().map(String::as_str));
    if input.mode() == MatchMode::Regex {
        words.push("--match-mode=regex");
    }
    if input.allow_sync() {
        words.push("--allow-sync");
    }
    let ran = command(
        &words,
        "",
        &Answer {
            code: Some(1),
            ..Answer::default()
        },
    );
    obeys_nothing(&ran.stderr);
    obeys_nothing(&ran.stdout);
    if ran.code != 0 {
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty());
        return;
    }
    let read: Value = serde_yaml::from_str(&ran.stdout).expect("what is rendered is YAML");
    let key = format!("policy.{}.csv", input.account);
    assert_eq!(read["data"], json!({ key: rules(input) }));
}
