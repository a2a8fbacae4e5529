//! The examples of every command, and the options that its short help shows.

/// The help of one command beside its definition.
pub(super) struct Help {
    /// Its words: `token create`.
    pub(super) command: &'static str,
    /// What each line of an example does, and the line without the program's name.
    pub(super) examples: &'static [(&'static str, &'static str)],
    /// The options that `-h` shows, by their ids.
    pub(super) main: &'static [&'static str],
    /// What the exit codes 0 and 1 mean, if 1 is not an error.
    pub(super) exit: Option<[&'static str; 2]>,
    /// Commands that readers of its man page look for next.
    pub(super) related: &'static [&'static str],
}

/// The help of every command.
pub(super) const HELP: &[Help] = &[
    Help {
        command: "",
        examples: &[
            ("See what is missing and which command comes next", "doctor"),
            ("Show what the change would do", "diff --live"),
            ("Make it", "render --live | kubectl replace -f -"),
            (
                "Create a token and hand it to the gateway",
                "token create --expires-in 90d -o secret | kubectl apply --server-side -n octopus-gateway -f -",
            ),
            (
                "Prove on the server what the token may do",
                "verify --token-file token",
            ),
        ],
        main: &[],
        exit: None,
        related: &["doctor", "render", "token create", "verify"],
    },
    Help {
        command: "render",
        examples: &[
            (
                "Change the live ConfigMaps",
                "render --live | kubectl replace -f -",
            ),
            (
                "Edit files that are kept in Git",
                "render -f argocd/ --in-place",
            ),
        ],
        main: &[
            "filename",
            "live",
            "in_place",
            "project",
            "allow_sync",
            "absent",
        ],
        exit: None,
        related: &["diff", "check", "apps annotate"],
    },
    Help {
        command: "diff",
        examples: &[
            (
                "Show what the change would do to the live objects",
                "diff --live",
            ),
            ("Try it on the built-in example", "diff --sample"),
        ],
        main: &[
            "filename",
            "live",
            "project",
            "allow_sync",
            "absent",
            "output",
        ],
        exit: Some(["no difference", "differences"]),
        related: &["render", "compare", "check"],
    },
    Help {
        command: "check",
        examples: &[
            ("Prove what the account may do now", "check --live"),
            (
                "Test a policy against your own expectations",
                "check -f live.yaml --expect tests.yaml --coverage",
            ),
        ],
        main: &[
            "filename",
            "live",
            "project",
            "allow_sync",
            "expect",
            "output",
        ],
        exit: Some(["all checks passed", "a check failed"]),
        related: &["render", "can", "verify"],
    },
    Help {
        command: "can",
        examples: &[
            (
                "Ask whether a subject may sync an application",
                "can role:dev sync app web/shop -f live.yaml",
            ),
            (
                "Ask for a user who is in a group",
                "can ada delete app web/shop --groups ops --live",
            ),
        ],
        main: &["filename", "live", "groups", "explain"],
        exit: Some(["yes", "no"]),
        related: &["who-can", "check", "account can-i"],
    },
    Help {
        command: "who-can",
        examples: &[
            (
                "Show who may delete an application",
                "who-can delete app prod/shop -f live.yaml",
            ),
            (
                "Show who may sync everything in production",
                "who-can sync app prod/* --for every --live",
            ),
        ],
        main: &["filename", "live", "which", "output"],
        exit: Some(["someone may", "no one may"]),
        related: &["can", "matrix"],
    },
    Help {
        command: "matrix",
        examples: &[
            ("Show who may do what", "matrix -f live.yaml"),
            (
                "Write a page for a review",
                "matrix -f live.yaml -o html > matrix.html",
            ),
        ],
        main: &["filename", "live", "subject", "resource", "by", "output"],
        exit: Some([
            "success",
            "a row may be wrong, because a pattern is too costly to decide",
        ]),
        related: &["who-can", "compare"],
    },
    Help {
        command: "compare",
        examples: &[
            (
                "Show what a branch changes",
                "compare main/argocd-rbac-cm.yaml argocd-rbac-cm.yaml",
            ),
            (
                "Show what applying a directory would change",
                "compare --live argocd/",
            ),
            (
                "Show what an upgrade of Argo CD would change",
                "compare --argocd-version 2.14..3.6 live.yaml",
            ),
        ],
        main: &["live", "subject", "resource", "fail_on", "output"],
        exit: Some(["no difference", "differences that --fail-on counts"]),
        related: &["diff", "matrix"],
    },
    Help {
        command: "lint",
        examples: &[
            (
                "Find mistakes in a directory and those below it",
                "lint -R -f argocd/",
            ),
            (
                "Apply the fixes that change no permissions",
                "lint -f argocd-rbac-cm.yaml --fix",
            ),
            ("Read the page of a rule", "lint --explain missing-logs"),
        ],
        main: &["filename", "live", "fix", "fail_on", "output"],
        exit: Some(["clean", "findings at or above --fail-on"]),
        related: &["check", "apps"],
    },
    Help {
        command: "apps",
        examples: &[
            (
                "Show which sources a deployment updates",
                "apps --live --octopus-project shop --environment production",
            ),
            ("Find mistakes in the annotations", "apps -R -f apps/"),
        ],
        main: &[
            "filename",
            "live",
            "octopus_project",
            "environment",
            "tenant",
            "output",
        ],
        exit: Some([
            "a source is updated",
            "none is, or findings at or above --fail-on",
        ]),
        related: &["apps annotate", "lint", "doctor"],
    },
    Help {
        command: "apps annotate",
        examples: &[(
            "Annotate an Application in a file",
            "apps annotate -f shop.yaml --octopus-project shop --environment production --in-place",
        )],
        main: &[
            "filename",
            "octopus_project",
            "environment",
            "tenant",
            "source",
            "in_place",
            "diff",
        ],
        exit: Some(["success", "with --diff: differences"]),
        related: &["apps"],
    },
    Help {
        command: "doctor",
        examples: &[
            ("See what is missing and which command comes next", "doctor"),
            (
                "Wait until everything works",
                "doctor --watch --timeout 15m",
            ),
            (
                "Check files, without a cluster",
                "doctor --offline -f live.yaml -f gateway.yaml -f apps/",
            ),
        ],
        main: &["filename", "secret_name", "offline", "watch", "output"],
        exit: Some(["every step is done", "a step is missing, wrong or unknown"]),
        related: &["check", "verify", "apps", "gateway values"],
    },
    Help {
        command: "account",
        examples: &[("List the accounts of the server", "account list")],
        main: &[],
        exit: None,
        related: &["token", "verify"],
    },
    Help {
        command: "account list",
        examples: &[(
            "List the accounts of the server that argocd is logged in to",
            "account list",
        )],
        main: &["account", "output", "server", "argocd_context"],
        exit: None,
        related: &["account get", "token list"],
    },
    Help {
        command: "account get",
        examples: &[("Show the account and its tokens", "account get")],
        main: &["account", "output", "server", "argocd_context"],
        exit: None,
        related: &["account list", "token list"],
    },
    Help {
        command: "account can-i",
        examples: &[(
            "Ask whether you may sync an application",
            "account can-i sync applications web/shop",
        )],
        main: &["server", "argocd_context"],
        exit: Some(["yes", "no"]),
        related: &["can", "verify"],
    },
    Help {
        command: "account update-password",
        examples: &[(
            "Change the password of the account that argocd is logged in as",
            "account update-password",
        )],
        main: &[
            "account",
            "current_password_file",
            "new_password_file",
            "server",
            "argocd_context",
        ],
        exit: None,
        related: &["account list"],
    },
    Help {
        command: "token",
        examples: &[
            ("List the tokens of the account", "token list"),
            (
                "Create a token for 90 days",
                "token create --expires-in 90d --output-file token",
            ),
        ],
        main: &[],
        exit: None,
        related: &["account", "verify", "gateway secret"],
    },
    Help {
        command: "token create",
        examples: &[
            (
                "Create a token and hand it to the gateway",
                "token create --expires-in 90d -o secret | kubectl apply --server-side -n octopus-gateway -f -",
            ),
            (
                "Create one for a project role",
                "token create --role octopus --project web --expires-in 90d -o secret",
            ),
        ],
        main: &[
            "expires_in",
            "no_expiry",
            "output",
            "output_file",
            "account",
            "role",
            "project",
        ],
        exit: None,
        related: &["token rotate", "gateway secret", "verify"],
    },
    Help {
        command: "token list",
        examples: &[("List the tokens of the account", "token list")],
        main: &["account", "role", "project", "output"],
        exit: None,
        related: &["token inspect", "token prune"],
    },
    Help {
        command: "token inspect",
        examples: &[(
            "Show what a token claims",
            "token inspect --token-file token",
        )],
        main: &["token_file", "output"],
        exit: None,
        related: &["token list", "verify"],
    },
    Help {
        command: "token rotate",
        examples: &[(
            "Replace the token in the manifest of a Secret; the old one stays valid",
            "token rotate --expires-in 90d -o secret --output-file secret.yaml --force",
        )],
        main: &[
            "expires_in",
            "output",
            "output_file",
            "if_expires_within",
            "revoke_old",
            "token_file",
        ],
        exit: None,
        related: &["token create", "token prune", "verify"],
    },
    Help {
        command: "token prune",
        examples: &[
            ("Delete tokens that have expired", "token prune --expired"),
            (
                "Delete all tokens but one, after a leak",
                "token prune --except octopus-2026",
            ),
        ],
        main: &[
            "expired",
            "older_than",
            "keep_newest",
            "except",
            "account",
            "yes",
        ],
        exit: Some(["success", "not confirmed, so nothing was deleted"]),
        related: &["token list", "token delete"],
    },
    Help {
        command: "token delete",
        examples: &[("Delete a token by its id", "token delete octopus-2026")],
        main: &["account", "role", "project", "yes"],
        exit: Some(["success", "not confirmed, so nothing was deleted"]),
        related: &["token list", "token prune"],
    },
    Help {
        command: "verify",
        examples: &[
            ("Prove what a token may do", "verify --token-file token"),
            (
                "Wait until the change has reached the server",
                "verify --token-file token --wait 30s",
            ),
        ],
        main: &[
            "token_file",
            "account",
            "project",
            "allow_sync",
            "wait",
            "output",
        ],
        exit: Some([
            "every answer is as expected",
            "some answers are not as expected",
        ]),
        related: &["check", "token create", "account can-i"],
    },
    Help {
        command: "gateway",
        examples: &[(
            "Check the values of a gateway",
            "gateway values --check -f gateway.yaml",
        )],
        main: &[],
        exit: None,
        related: &["token create", "doctor"],
    },
    Help {
        command: "gateway secret",
        examples: &[(
            "Print the Secret with a token from a file",
            "gateway secret --token-file token | kubectl apply --server-side -n octopus-gateway -f -",
        )],
        main: &["token_file", "project_token", "secret_name", "no_namespace"],
        exit: None,
        related: &["token create", "gateway values"],
    },
    Help {
        command: "gateway values",
        examples: &[
            (
                "Print the values of the gateway's chart",
                "gateway values --name prod --octopus-url https://example.octopus.app --octopus-grpc-url grpc://example.octopus.app:8443 --space Spaces-1",
            ),
            (
                "Check existing values",
                "gateway values --check -f gateway.yaml",
            ),
        ],
        main: &[
            "name",
            "octopus_url",
            "octopus_grpc_url",
            "space",
            "filename",
            "check",
        ],
        exit: Some(["success", "with --check: the values are wrong"]),
        related: &["gateway secret", "gateway application", "gateway command"],
    },
    Help {
        command: "gateway application",
        examples: &[(
            "Print the Application that installs the gateway",
            "gateway application --name prod --octopus-url https://example.octopus.app --octopus-grpc-url grpc://example.octopus.app:8443 --space Spaces-1",
        )],
        main: &[
            "name",
            "octopus_url",
            "octopus_grpc_url",
            "space",
            "filename",
            "set",
        ],
        exit: None,
        related: &["gateway values", "gateway secret"],
    },
    Help {
        command: "gateway command",
        examples: &[(
            "Print the helm command that installs the gateway",
            "gateway command --name prod --octopus-url https://example.octopus.app --octopus-grpc-url grpc://example.octopus.app:8443 --space Spaces-1",
        )],
        main: &[
            "name",
            "octopus_url",
            "octopus_grpc_url",
            "space",
            "filename",
            "set",
        ],
        exit: None,
        related: &["gateway values", "gateway secret"],
    },
    Help {
        command: "completion",
        examples: &[(
            "Complete `kubectl octopus-argo` in every shell",
            "completion kubectl > ~/.local/bin/kubectl_complete-octopus_argo",
        )],
        main: &[],
        exit: None,
        related: &["man"],
    },
    Help {
        command: "man",
        examples: &[("Read the page of a command", "man render | man -l -")],
        main: &["output_dir"],
        exit: None,
        related: &["completion"],
    },
    Help {
        command: "version",
        examples: &[("Print the version for a script", "version -o json")],
        main: &["output"],
        exit: None,
        related: &[],
    },
];
