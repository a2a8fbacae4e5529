//! Any regular expression against any text; behind the first line feed begins the text. The short
//! cuts give the answer of the whole engine.

use argo_rbac::regex::GoRegex;

pub fn run(data: &[u8]) {
    let Ok(input) = std::str::from_utf8(data) else {
        return;
    };
    let (pattern, text) = input.split_once('\n').unwrap_or((input, ""));
    let regex = GoRegex::compile(pattern);
    if let Ok(regex) = &regex {
        let answer = regex.is_match(text);
        assert!(!answer || text.starts_with(regex.literal_prefix()));
        assert_eq!(regex.is_match(text), answer);
        if let Ok(anchored) = GoRegex::compile(&format!("^(?:{pattern})$")) {
            assert!(!anchored.is_match(text) || answer, "anchors only take away");
        }
    }
    if let Some(shape) = GoRegex::quick(pattern) {
        assert!(regex.is_ok_and(|regex| regex.is_match(text) == shape.matches(text)));
    }
}
