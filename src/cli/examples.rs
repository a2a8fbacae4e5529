//! The examples of every command, and the options that its short help shows.

/// The help of one command beside its definition.
pub(super) struct Help {
    /// Its words: `token create`.
    pub(super) command: &'static str,
    /// What each line of an example does, and the line without the program's name.
    pub(super) examples: &'static [(&'static str, &'static str)],
    /// The options that `-h` shows, by their ids.
    pub(super) main: &'static [&'static str],
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
        main: &["filename", "live", "fix", "fail_on", "explain", "output"],
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
        main: &[
            "filename",
            "gateway_namespace",
            "secret_name",
            "offline",
            "watch",
            "output",
        ],
    },
    Help {
        command: "account",
        examples: &[("List the accounts of the server", "account list")],
        main: &[],
    },
    Help {
        command: "account list",
        examples: &[(
            "List the accounts of the server that argocd is logged in to",
            "account list",
        )],
        main: &["account", "output", "server", "argocd_context"],
    },
    Help {
        command: "account get",
        examples: &[("Show the account and its tokens", "account get")],
        main: &["account", "output", "server", "argocd_context"],
    },
    Help {
        command: "account can-i",
        examples: &[(
            "Ask whether you may sync an application",
            "account can-i sync applications web/shop",
        )],
        main: &["server", "argocd_context"],
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
    },
    Help {
        command: "token list",
        examples: &[("List the tokens of the account", "token list")],
        main: &["account", "role", "project", "output"],
    },
    Help {
        command: "token inspect",
        examples: &[(
            "Show what a token claims",
            "token inspect --token-file token",
        )],
        main: &["token_file", "output"],
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
    },
    Help {
        command: "token delete",
        examples: &[("Delete a token by its id", "token delete octopus-2026")],
        main: &["account", "role", "project", "yes"],
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
    },
    Help {
        command: "gateway",
        examples: &[(
            "Check the values of a gateway",
            "gateway values --check -f gateway.yaml",
        )],
        main: &[],
    },
    Help {
        command: "gateway secret",
        examples: &[(
            "Print the Secret with a token from a file",
            "gateway secret --token-file token | kubectl apply --server-side -n octopus-gateway -f -",
        )],
        main: &["token_file", "project_token", "secret_name", "no_namespace"],
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
            "set",
            "check",
        ],
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
    },
    Help {
        command: "completion",
        examples: &[(
            "Complete `kubectl octopus-argo` in every shell",
            "completion kubectl > ~/.local/bin/kubectl_complete-octopus_argo",
        )],
        main: &[],
    },
    Help {
        command: "man",
        examples: &[("Read the page of a command", "man render | man -l -")],
        main: &["output_dir"],
    },
    Help {
        command: "version",
        examples: &[("Print the version for a script", "version -o json")],
        main: &["output"],
    },
];
