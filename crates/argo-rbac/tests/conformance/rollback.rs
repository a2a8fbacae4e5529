//! What the verb `rollback` changes from 3.6 on.

use argo_rbac::{Enforcer, Request, ServerSettings};
use serde::Deserialize;

use crate::common::{NEXT, RECORDED, Surroundings, Tally, read};
use crate::{admin, server};

#[derive(Deserialize)]
struct Cases {
    enforce: Vec<Decisions>,
    cli_can: Vec<AdminCase>,
    account_can_i: Vec<ServerCase>,
}

#[derive(Deserialize)]
struct Decisions {
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
    allowed_next: bool,
}

#[derive(Deserialize)]
struct AdminCase {
    #[serde(flatten)]
    surroundings: Surroundings,
    #[serde(flatten)]
    asked: admin::Asked,
}

#[derive(Deserialize)]
struct ServerCase {
    #[serde(flatten)]
    surroundings: Surroundings,
    namespace: String,
    rollback_enforce: bool,
    #[serde(flatten)]
    asked: server::Asked,
}

#[test]
fn rollback() {
    let cases: Cases = read("rollback.json");
    let mut tally = Tally::new("rollback.json, decisions");
    for case in cases.enforce {
        let now = Enforcer::load(&case.surroundings.set(RECORDED)).unwrap();
        let next = Enforcer::load(&case.surroundings.set(NEXT)).unwrap();
        for asked in &case.requests {
            let request = Request::new(&asked.sub, &asked.res, &asked.act, &asked.obj);
            tally.check(
                &(
                    now.decide(&request).allowed(),
                    next.decide(&request).allowed(),
                ),
                &(asked.allowed, asked.allowed_next),
                || format!("{}: {request:?}", case.name),
            );
        }
    }
    tally.finish();

    let mut tally = Tally::new("rollback.json, can");
    for case in cases.cli_can {
        case.asked.check(&case.surroundings, &mut tally);
    }
    tally.finish();

    let mut tally = Tally::new("rollback.json, can-i");
    for case in cases.account_can_i {
        let settings = ServerSettings {
            namespace: case.namespace,
            rollback_enforced: case.rollback_enforce,
            ..ServerSettings::default()
        };
        case.asked.check(&case.surroundings, &settings, &mut tally);
    }
    tally.finish();
}
