//! The benchmarks' inputs are the bytes that the reference generator writes.

#[path = "../../benches/generator.rs"]
mod generator;

use std::fmt::Write as _;

use argo_rbac::{Enforcer, MatchMode, PolicySet, PolicyText};
use generator::{Shape, policy, questions};

/// FNV-1a over the policy and the questions as JSON lines.
fn fingerprint(lines: usize, shape: Shape, regex: bool) -> u64 {
    let mut text = policy(lines, shape, 1, regex);
    for asked in questions(lines, shape, 1, 500) {
        let _ = writeln!(
            text,
            r#"{{"sub": "{}", "res": "{}", "act": "{}", "obj": "{}"}}"#,
            asked.subject, asked.resource, asked.action, asked.object
        );
    }
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[test]
fn generated_policies_are_those_of_the_reference() {
    for (shape, regex, recorded) in [
        (Shape::Teams, false, 0xa9dc_77b0_e5db_feef),
        (Shape::Teams, true, 0x4b0a_270a_57bc_b8d7),
        (Shape::Flat, false, 0xebf7_7a5a_87c9_c3dd),
        (Shape::Flat, true, 0x179e_ed8d_e3fa_5a15),
        (Shape::Suffix, false, 0xca12_e4ae_d52c_beb3),
        (Shape::Suffix, true, 0x8872_6cc9_87c3_478d),
        (Shape::Middle, false, 0xd626_aeae_427c_8b99),
        (Shape::Middle, true, 0xc9cf_f297_0f9d_2c9d),
        (Shape::Roles, false, 0xa871_68cf_0e0e_5f38),
        (Shape::Roles, true, 0xfd85_31ad_6662_5170),
    ] {
        let got = fingerprint(1000, shape, regex);
        assert_eq!(got, recorded, "{} regex {regex}", shape.name());
    }
}

#[test]
fn a_rule_takes_as_many_bytes_as_are_claimed() {
    let lines = 10_000;
    for (shape, regex, least, most) in [
        (Shape::Teams, false, 28, 40),
        (Shape::Flat, false, 20, 28),
        (Shape::Middle, true, 60, 80),
    ] {
        let set = PolicySet {
            texts: vec![PolicyText::new(
                "policy.csv",
                policy(lines, shape, 1, regex),
            )],
            match_mode: if regex {
                MatchMode::Regex
            } else {
                MatchMode::Glob
            },
            ..PolicySet::default()
        };
        let bytes = Enforcer::load(&set).unwrap().heap() / lines;
        println!("{} regex {regex}: {bytes} bytes", shape.name());
        assert!((least..=most).contains(&bytes), "{}: {bytes}", shape.name());
    }
}
