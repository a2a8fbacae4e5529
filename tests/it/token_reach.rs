//! Whom a login or a token reaches.

use crate::common::world::World;

#[test]
fn a_configuration_that_was_found_does_not_decide_whom_a_token_reaches() {
    let world = World::new();
    let token = world.make_token("presented", "24h");
    std::fs::write(
        world.file("octopus-argo.yaml"),
        "defaults: {argocd: {server: 'evil:443', insecure: true}}\n",
    )
    .unwrap();
    world.calm();
    let run = |args: &[&str]| {
        let mut command = world.command(args);
        command.env("ARGOCD_AUTH_TOKEN", &token);
        world.run_command(command)
    };
    for command in [
        "verify -q",
        "token list",
        "account list",
        "token create --no-expiry",
    ] {
        let words: Vec<_> = command.split(' ').collect();
        run(&words).ended(2, "would decide where a token goes");
        // What was not given on the command line follows all the same.
        let server = [words.as_slice(), &["--server", "mine:443"]].concat();
        run(&server).ended(2, "defaults.argocd.insecure");
    }
    assert!(world.calls().is_empty());
    // Named, it is what the user means; and so is one without such settings.
    run(&["account", "list", "--config", "octopus-argo.yaml"]).ended(0, "");
    std::fs::write(
        world.file("octopus-argo.yaml"),
        "defaults: {account: octopus}\n",
    )
    .unwrap();
    run(&["account", "list"]).ended(0, "");
}
