use snapbox::{assert_data_eq, str};

use super::*;
use crate::review::MatrixSubject;

fn group(resource: &str, object: &str, actions: &[&str], effect: &'static str) -> RuleGroup {
    RuleGroup {
        resource: resource.to_owned(),
        object: object.to_owned(),
        actions: actions.iter().map(ToString::to_string).collect(),
        effect,
        in_force: true,
        state: Vec::new(),
        decided_by: vec![format!(
            "p.csv:1:1: p, x, {resource}, …, {object}, {effect}"
        )],
    }
}

fn matrix() -> Matrix {
    Matrix {
        subjects: vec![
            MatrixSubject {
                subject: "role:dev".to_owned(),
                roles: Vec::new(),
                rules: vec![
                    group("applications", "*/*", &["get", "sync"], "allow"),
                    RuleGroup {
                        in_force: false,
                        state: vec!["overruled by p.csv:9:1".to_owned()],
                        ..group("applications", "prod/*", &["delete"], "allow")
                    },
                ],
            },
            MatrixSubject {
                subject: "ada,=x".to_owned(),
                roles: vec![Membership {
                    role: "role:dev".to_owned(),
                    decided_by: "p.csv:3:1: g, ada, role:dev".to_owned(),
                    limited_by: "limited by p.csv:9:1".to_owned(),
                }],
                rules: vec![RuleGroup {
                    state: vec!["limited by p.csv:9:1".to_owned()],
                    ..group("logs", "*/*", &["*"], "allow")
                }],
            },
        ],
    }
}

#[test]
fn a_subject_shows_its_roles_and_one_row_for_a_group_of_rules() {
    assert_data_eq!(
        text(&matrix(), RowOrder::Subject, false, Style::new(false)),
        str![[r"
SUBJECT    RESOURCE       OBJECT   ACTIONS     EFFECT
role:dev   applications   */*      get, sync   allow
role:dev   applications   prod/*   delete      none
ada,=x     has role:dev                        in part
ada,=x     logs           */*      *           allow in part

"]]
    );
}

#[test]
fn by_resource_the_table_says_who_may_use_each() {
    assert_data_eq!(
        text(&matrix(), RowOrder::Resource, true, Style::new(false)),
        str![[r"
RESOURCE       OBJECT   SUBJECT    ACTIONS     EFFECT          STATE                    DECIDED BY
applications   */*      role:dev   get, sync   allow                                    p.csv:1:1: p, x, applications, …, */*, allow
applications   prod/*   role:dev   delete      none            overruled by p.csv:9:1   p.csv:1:1: p, x, applications, …, prod/*, allow
logs           */*      ada,=x     *           allow in part   limited by p.csv:9:1     p.csv:1:1: p, x, logs, …, */*, allow

"]]
    );
}

#[test]
fn a_csv_field_is_quoted_and_never_a_formula() {
    let mut matrix = matrix();
    matrix.subjects.remove(0);
    matrix.subjects[0].subject = "=cmd()".to_owned();
    assert_data_eq!(
        csv(&matrix, RowOrder::Subject).to_string(),
        str![[r#"
subject,resource,object,actions,effect,state,decided_by
'=cmd(),has role:dev,,,in part,limited by p.csv:9:1,"p.csv:3:1: g, ada, role:dev"
'=cmd(),logs,*/*,*,allow in part,limited by p.csv:9:1,"p.csv:1:1: p, x, logs, …, */*, allow"

"#]]
    );
}
