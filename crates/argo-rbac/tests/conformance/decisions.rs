//! Decisions of the enforcer.

use argo_rbac::{ArgoCdVersion, Enforcer, Request};
use serde::Deserialize;

use crate::common::{NEXT, RECORDED, Surroundings, Tally, read};

#[derive(Deserialize)]
struct Case {
    name: String,
    #[serde(flatten)]
    surroundings: Surroundings,
    requests: Vec<Asked>,
}

#[derive(Deserialize)]
struct Asked {
    sub: String,
    res: String,
    act: String,
    obj: String,
    allowed: bool,
    #[serde(default)]
    errored: bool,
}

#[track_caller]
fn decisions(file: &'static str) {
    let mut tally = Tally::new(file);
    for case in read::<Vec<Case>>(file) {
        for version in [RECORDED, NEXT] {
            ask(&case, version, &mut tally);
        }
    }
    tally.finish();
}

fn ask(case: &Case, version: ArgoCdVersion, tally: &mut Tally) {
    let set = case.surroundings.set(version);
    let enforcer = Enforcer::load(&set).unwrap();
    for asked in &case.requests {
        let request = Request::new(&asked.sub, &asked.res, &asked.act, &asked.obj);
        // Often enough that the indexed way is taken too.
        let answers = [(); 3].map(|()| {
            let errored = enforcer.evaluate(&request).errored();
            (enforcer.decide(&request).allowed(), errored)
        });
        tally.check(&answers, &[(asked.allowed, asked.errored); 3], || {
            format!("{} {version}: {request:?}", case.name)
        });
    }
}

#[test]
fn in_glob_mode() {
    decisions("enforce_glob.json");
}

#[test]
fn in_regex_mode() {
    decisions("enforce_regex.json");
}

#[test]
fn for_one_account_amid_organisations() {
    decisions("octopus.json");
}
