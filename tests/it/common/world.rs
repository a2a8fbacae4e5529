//! A little Argo CD, played by the executable fake, and the real binary that talks to it.
//!
//! After every run it is checked that no token has been seen where none belongs: not in an
//! argument, not on stderr, and with `-v` not in the trace.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::fake;
pub(crate) use super::outcome::Outcome;

/// The Argo CD, its faults, and everything that was asked of it.
pub(crate) struct World {
    path: PathBuf,
    /// Where it is a directory of its own.
    _directory: Option<TempDir>,
}

/// One call of argocd.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) argv: Vec<String>,
    pub(crate) env: Vec<String>,
    /// The id of the token that was presented.
    pub(crate) token: Option<String>,
    pub(crate) opts: Option<String>,
}

impl Call {
    /// The arguments in one line.
    pub(crate) fn line(&self) -> String {
        self.argv.join(" ")
    }
}

impl World {
    /// An administrator who is logged in; octopus with the documented rules, and alice and robot.
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self {
            path: directory.path().to_owned(),
            _directory: Some(directory),
        }
        .begin()
    }

    /// A further one, that the fake is in for this `--argocd-context`.
    pub(crate) fn within(&self, context: &str) -> Self {
        let path = self.file(context);
        std::fs::create_dir(&path).unwrap();
        Self {
            path,
            _directory: None,
        }
        .begin()
    }

    fn begin(self) -> Self {
        let allow = [
            ["octopus", "get", "applications", "*"],
            ["octopus", "get", "clusters", "*"],
            ["octopus", "get", "logs", "*/*"],
            ["proj:team-a:octopus", "get", "applications", "team-a/*"],
            ["proj:team-a:octopus", "get", "logs", "team-a/*"],
        ];
        self.write(&json!({
            "login": "admin",
            "version": "v3.5.1+109ca7c",
            "accounts": {
                "admin": {"enabled": true, "capabilities": ["login"], "password": "adminpass1"},
                "alice": {"enabled": true, "capabilities": ["login"], "password": "alicepass1"},
                "octopus": {"enabled": true, "capabilities": ["apiKey"]},
                "robot": {"enabled": false, "capabilities": ["apiKey", "login"]},
            },
            "roles": {"team-a/octopus": [], "team-b/octopus": []},
            "allow": allow,
            "applications": ["default/guestbook"],
            "clusters": ["https://kubernetes.default.svc"],
        }));
        self
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    fn write(&self, world: &Value) {
        std::fs::write(self.file("world.json"), world.to_string()).unwrap();
    }

    fn read(&self) -> Value {
        serde_json::from_str(&std::fs::read_to_string(self.file("world.json")).unwrap()).unwrap()
    }

    /// Changes the world: a JSON pointer and its new value.
    pub(crate) fn set(&self, pointer: &str, value: Value) -> &Self {
        let mut world = self.read();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        world.pointer_mut(parent).unwrap()[key.replace("~1", "/")] = value;
        self.write(&world);
        self
    }

    /// Gives octopus a further right.
    pub(crate) fn allow(&self, rule: [&str; 4]) -> &Self {
        let mut world = self.read();
        world["allow"].as_array_mut().unwrap().push(json!(rule));
        self.write(&world);
        self
    }

    /// Something goes wrong: on which call, `before` or `after` its effect, and what happens.
    #[expect(clippy::needless_pass_by_value, reason = "steps are written in place")]
    pub(crate) fn fault(&self, on: &str, nth: Option<usize>, when: &str, steps: Value) -> &Self {
        let path = self.file("faults.json");
        let faults = std::fs::read_to_string(&path).unwrap_or_else(|_| "[]".to_owned());
        let mut faults: Vec<Value> = serde_json::from_str(&faults).unwrap();
        faults.push(json!({"on": on, "nth": nth, "when": when, "do": steps}));
        std::fs::write(path, json!(faults).to_string()).unwrap();
        self
    }

    /// No more faults, and no memory of calls.
    pub(crate) fn calm(&self) -> &Self {
        for name in ["faults.json", "calls.jsonl"] {
            let _ = std::fs::remove_file(self.file(name));
        }
        self
    }

    /// The ids of an account's tokens.
    pub(crate) fn tokens(&self, account: &str) -> Vec<String> {
        ids(&self.read()["accounts"][account]["tokens"])
    }

    /// The ids of a project's role's tokens.
    pub(crate) fn role_tokens(&self, role: &str) -> Vec<String> {
        ids(&self.read()["roles"][role])
    }

    /// Every id that there is.
    pub(crate) fn all_tokens(&self) -> Vec<String> {
        let world = self.read();
        let accounts = world["accounts"].as_object().unwrap().values();
        let accounts = accounts.flat_map(|account| ids(&account["tokens"]));
        let roles = world["roles"].as_object().unwrap().values();
        accounts.chain(roles.flat_map(ids)).collect()
    }

    /// Makes a token beside everything that is tested.
    pub(crate) fn make_token(&self, id: &str, expires_in: &str) -> String {
        let args = ["account", "generate-token", "--account", "octopus"];
        let args = args
            .into_iter()
            .chain(["--id", id, "--expires-in", expires_in]);
        let made = self.fake(&args.collect::<Vec<_>>());
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        made.stdout.trim().to_owned()
    }

    /// Moves a token's birth (and end) into the past.
    pub(crate) fn age(&self, id: &str, seconds: i64) -> &Self {
        let mut world = self.read();
        for token in world["accounts"]["octopus"]["tokens"]
            .as_array_mut()
            .unwrap()
        {
            if token["id"] == id {
                for name in ["iat", "exp"] {
                    let then = token[name].as_i64().unwrap() - seconds;
                    token[name] = then.into();
                }
            }
        }
        self.write(&world);
        self
    }

    /// Runs the fake itself.
    pub(crate) fn fake(&self, args: &[&str]) -> Outcome {
        let mut command = Command::new(fake::program());
        command.args(args).env("FAKE_ARGOCD", self.path());
        finish(command, None)
    }

    /// The binary under test, with nothing of the surroundings but PATH.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-octopus_argo"));
        command
            .args(args)
            .env_clear()
            .envs(
                ["PATH", "SystemRoot"]
                    .iter()
                    .filter_map(|name| Some((*name, std::env::var_os(name)?))),
            )
            .env("HOME", self.path())
            .env("FAKE_ARGOCD", self.path())
            .env("ARGOCD", fake::program())
            .current_dir(self.path());
        command
    }

    /// Runs a command line.
    pub(crate) fn run(&self, args: &[&str]) -> Outcome {
        self.check(finish(self.command(args), None))
    }

    /// Runs a command line with this on stdin.
    pub(crate) fn run_with(&self, args: &[&str], stdin: &str) -> Outcome {
        self.check(finish(self.command(args), Some(stdin)))
    }

    /// Runs a prepared command.
    pub(crate) fn run_command(&self, command: Command) -> Outcome {
        self.check(finish(command, None))
    }

    /// Everything asked of argocd so far.
    pub(crate) fn calls(&self) -> Vec<Call> {
        let text = std::fs::read_to_string(self.file("calls.jsonl")).unwrap_or_default();
        let call = |line: &str| {
            let call: Value = serde_json::from_str(line).unwrap();
            let list = |name: &str| serde_json::from_value(call[name].clone()).unwrap();
            Call {
                argv: list("argv"),
                env: list("env"),
                token: call["token"].as_str().map(str::to_owned),
                opts: call["opts"].as_str().map(str::to_owned),
            }
        };
        // A fake whose parent was killed may be in the middle of its line.
        let whole = |line: &&str| line.ends_with('\n');
        text.split_inclusive('\n').filter(whole).map(call).collect()
    }

    /// Every token that was ever made.
    pub(crate) fn made(&self) -> Vec<String> {
        let made = std::fs::read_to_string(self.file("made")).unwrap_or_default();
        made.lines().map(str::to_owned).collect()
    }

    /// No token where none belongs.
    pub(crate) fn check(&self, outcome: Outcome) -> Outcome {
        let calls = self.calls();
        for token in self.made() {
            for part in token.split('.').skip(1) {
                assert!(
                    !outcome.stderr.contains(part),
                    "on stderr:\n{}",
                    outcome.stderr
                );
                for call in &calls {
                    assert!(!call.line().contains(part), "an argument: {}", call.line());
                }
            }
        }
        outcome
    }

    /// Every token there is was there before, or has been delivered into `place`, or stderr names
    /// it with the command that deletes it. And what was delivered is there.
    #[track_caller]
    pub(crate) fn accounted_for(&self, before: &[String], place: &str, outcome: &Outcome) {
        self.accounted_for_with(before, before, place, outcome);
    }

    /// The same where not all of those that were there before have to be there still.
    #[track_caller]
    pub(crate) fn accounted_for_with(
        &self,
        kept: &[String],
        before: &[String],
        place: &str,
        outcome: &Outcome,
    ) {
        let now = self.all_tokens();
        let made = self.made();
        let delivered: Vec<_> = made
            .iter()
            .filter(|token| place.contains(&***token))
            .collect();
        for token in &delivered {
            let id = id_of(token);
            assert!(
                now.contains(&id),
                "{id} was delivered and revoked\n{}",
                outcome.stderr
            );
        }
        for id in now.iter().filter(|id| !before.contains(id)) {
            if delivered.iter().any(|token| id_of(token) == *id) {
                continue;
            }
            let named = outcome.stderr.lines().any(|line| {
                line.contains("token delete") && line.split_whitespace().any(|word| word == id)
            });
            assert!(named, "{id} is an orphan:\n{}", outcome.stderr);
        }
        for id in kept {
            assert!(
                now.contains(id),
                "{id} was there before, and is gone\n{}",
                outcome.stderr
            );
        }
    }
}

fn ids(tokens: &Value) -> Vec<String> {
    let tokens = tokens.as_array().into_iter().flatten();
    tokens
        .map(|token| token["id"].as_str().unwrap().to_owned())
        .collect()
}

/// The id of a token.
pub(crate) fn id_of(token: &str) -> String {
    let claims = kubectl_octopus_argo::model::TokenClaims::decode(token).unwrap();
    claims.id().unwrap().to_owned()
}

fn read_all(mut stream: impl std::io::Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = Vec::new();
        stream.read_to_end(&mut text).unwrap();
        String::from_utf8_lossy(&text).into_owned()
    })
}

/// Runs a command to its end; a test is never stuck for ever.
fn finish(mut command: Command, stdin: Option<&str>) -> Outcome {
    use std::io::Write;
    command.stdin(if stdin.is_some() {
        Stdio::piped()
    } else {
        Stdio::null()
    });
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Whoever does not read is not waited for.
    if let (Some(text), Some(mut pipe)) = (stdin, child.stdin.take()) {
        let _ = pipe.write_all(text.as_bytes());
    }
    let out = read_all(child.stdout.take().unwrap());
    let err = read_all(child.stderr.take().unwrap());
    let since = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if since.elapsed() > Duration::from_secs(90) {
            let _ = child.kill();
            panic!("{command:?} did not come to an end");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    Outcome {
        code: status.code(),
        stdout: out.join().unwrap(),
        stderr: err.join().unwrap(),
    }
}
