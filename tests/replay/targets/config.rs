//! Any text as a configuration: it is read, or refused with a place that is in it.

use kubectl_octopus_argo::config;
use kubectl_octopus_argo::model::Source;

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match config::parse(&Source::new("octopus-argo.yaml", text)) {
        Ok(read) => {
            for instance in &read.instances {
                assert!(!instance.name.is_empty() && !instance.name.contains(['/', '.', '\\']));
            }
        }
        Err(error) => {
            if let Some(place) = error.location() {
                assert!(
                    place.line <= text.lines().count() + 1,
                    "{place} is not in the text"
                );
            }
        }
    }
}
