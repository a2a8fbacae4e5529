//! Types of scalars as kubectl decides them: the YAML 1.1 rules of go-yaml v2 in `sigs.k8s.io/yaml`.
//! They differ from YAML 1.1's text where that library does (no base 60, `08` is a number).

use serde_json::{Number, Value};

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarStyle {
    /// Without quotes.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// What a scalar is to kubectl's YAML 1.1 reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarType {
    /// A string.
    String,
    /// A boolean: also `yes`, `on`, `n` …
    Bool,
    /// A number, also one that JSON cannot hold (`.inf`).
    Number,
    /// Null.
    Null,
}

/// The prefix of YAML's own tags, which `!!` stands for.
pub(super) const CORE: &str = "tag:yaml.org,2002:";

/// The type of a scalar, its explicit tag honoured.
pub(super) fn scalar_type(value: &str, style: ScalarStyle, tag: Option<&str>) -> ScalarType {
    match tag.map(|tag| tag.strip_prefix(CORE).unwrap_or(tag)) {
        None if style == ScalarStyle::Plain => plain(value),
        Some("int" | "float") => ScalarType::Number,
        Some("bool") => ScalarType::Bool,
        Some("null") => ScalarType::Null,
        _ => ScalarType::String,
    }
}

/// The type of an unquoted scalar without a tag.
pub(super) fn plain(text: &str) -> ScalarType {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => ScalarType::Null,
        _ if boolean(text).is_some() => ScalarType::Bool,
        _ if is_not_finite(text) || number(text).is_some() => ScalarType::Number,
        _ => ScalarType::String,
    }
}

/// The JSON value of a boolean, number or null; `None` where JSON has none (`.inf`) or where an
/// explicit tag does not fit its text (`!!int x`).
pub(super) fn typed(text: &str, scalar_type: ScalarType) -> Option<Value> {
    match scalar_type {
        ScalarType::String => Some(Value::from(text)),
        ScalarType::Bool => boolean(text).map(Value::Bool),
        ScalarType::Null => (plain(text) == ScalarType::Null).then_some(Value::Null),
        ScalarType::Number => number(text).map(Value::Number),
    }
}

/// What kubectl makes of a boolean or number that is as a key.
pub(super) fn key(text: &str, scalar_type: ScalarType) -> Option<String> {
    if scalar_type == ScalarType::Number && is_not_finite(text) {
        return Some(text.trim_start_matches('+').to_ascii_lowercase());
    }
    match typed(text, scalar_type)? {
        Value::Number(number) if number.is_f64() || !is_integer(text) => {
            number.as_f64().map(short_float)
        }
        other => Some(other.to_string()),
    }
}

/// Go's `strconv.FormatFloat(value, 'g', -1, 32)`, which kubectl uses for keys.
fn short_float(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "kubectl does so too")]
    let value = value as f32;
    if value.is_infinite() {
        let negative = value.is_sign_negative();
        return if negative { "-.inf" } else { ".inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    match scientific.split_once('e') {
        Some((digits, exponent)) => match exponent.parse::<i32>() {
            Ok(-4..=5) => value.to_string(),
            Ok(exponent) => format!("{digits}e{exponent:+03}"),
            Err(_) => scientific,
        },
        None => scientific,
    }
}

fn is_integer(text: &str) -> bool {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    !text.starts_with('.') && integer(&digits).is_some()
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Some(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Some(false)
        }
        _ => None,
    }
}

fn is_not_finite(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

fn number(text: &str) -> Option<Number> {
    let first = text.bytes().next()?;
    if !(first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.')) {
        return None;
    }
    if first == b'.' {
        // Read by Go's ParseFloat as it is, which knows no `_` here.
        return decimal(text);
    }
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    integer(&digits).or_else(|| decimal(&digits))
}

/// Go's `strconv.ParseInt(text, 0, 64)`, then `ParseUint`.
fn integer(text: &str) -> Option<Number> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let bytes = unsigned.as_bytes();
    let (digits, radix) = match bytes {
        [b'0', b'x' | b'X', ..] => (&unsigned[2..], 16),
        [b'0', b'o' | b'O', ..] => (&unsigned[2..], 8),
        [b'0', b'b' | b'B', ..] => (&unsigned[2..], 2),
        [b'0', _, ..] => (&unsigned[1..], 8),
        _ => (unsigned, 10),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, radix).ok()?;
    if !negative {
        // ParseUint takes no sign, so a `+` reaches no further than i64.
        let signed = text.starts_with('+');
        return (!signed || i64::try_from(magnitude).is_ok()).then(|| magnitude.into());
    }
    0_i64.checked_sub_unsigned(magnitude).map(Number::from)
}

/// go-yaml's float: `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`. Rust reads the same, and
/// infinities and no-numbers by name, which are no finite number.
fn decimal(text: &str) -> Option<Number> {
    of_float(text.parse().ok()?)
}

/// A float as it is read: a whole one is an integer.
pub(crate) fn of_float(value: f64) -> Option<Number> {
    // Go prints a float without fraction as an integer, and so does kubectl.
    if value.fract() == 0.0 && value.abs() < 1e15 && value.is_sign_positive() == (value >= 0.0) {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it is whole and small enough"
        )]
        return Some((value as i64).into());
    }
    Number::from_f64(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_kubectls_value() {
        for (text, value) in [
            ("0x1f", "31"),
            ("-0x1f", "-31"),
            ("017", "15"),
            ("0o17", "15"),
            ("0b1_0", "2"),
            ("1_000", "1000"),
            ("08", "8"),
            ("1.10", "1.1"),
            ("5.", "5"),
            ("999999999999999.0", "999999999999999"),
            ("-0.0", "-0.0"),
            ("18446744073709551615", "18446744073709551615"),
            ("-9223372036854775808", "-9223372036854775808"),
        ] {
            assert_eq!(number(text).unwrap().to_string(), value, "{text}");
        }
        for text in [
            "",
            "-",
            "+",
            ".",
            "1e400",
            "0x",
            "1:30",
            "1e",
            "0b2",
            "٣",
            "-inf",
            "+nan",
            "+infinity",
            "1e+",
            "+.e1",
            "._5",
            "1.5.1",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_as_keys_are_spelled_as_kubectl_does() {
        for (text, spelled) in [
            ("1e300", ".inf"),
            ("-1e300", "-.inf"),
            ("+.INF", ".inf"),
            ("1e5", "100000"),
            ("1e6", "1e+06"),
            ("-1.5e-7", "-1.5e-07"),
            ("1e30", "1e+30"),
            ("0.0001", "0.0001"),
            ("0x10", "16"),
        ] {
            assert_eq!(key(text, ScalarType::Number).unwrap(), spelled, "{text}");
        }
    }

    #[test]
    fn tags_decide_over_quotes_and_looks() {
        let of = |tag: &str| scalar_type("5", ScalarStyle::DoubleQuoted, Some(tag));
        assert_eq!(of("tag:yaml.org,2002:int"), ScalarType::Number);
        assert_eq!(of("tag:yaml.org,2002:str"), ScalarType::String);
        assert_eq!(
            scalar_type("5", ScalarStyle::Plain, Some("!")),
            ScalarType::String
        );
        assert_eq!(
            scalar_type("5", ScalarStyle::Literal, None),
            ScalarType::String
        );
    }
}
