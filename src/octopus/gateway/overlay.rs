//! Values that the user lays over ours, with the meaning that Helm gives them: files first, then
//! `--set`. What Helm 4.3 answers to each form of `--set` decides.

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::yaml::{self, Edit, Step, Stream};

/// How deep a path may lead, and how long a list may become: Helm's own limits.
const DEEPEST: usize = 30;
const LONGEST: usize = 65_536;

/// What is laid over the rendered values.
#[derive(Clone, Debug, Default)]
pub struct ValuesOverlay {
    /// Values files, the later ones over the earlier ones.
    pub files: Vec<Value>,
    /// `PATH=VALUE`, as `helm --set` takes it.
    pub set: Vec<String>,
}

impl ValuesOverlay {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.set.is_empty()
    }

    /// Returns the values with everything laid over them.
    ///
    /// # Errors
    /// A `--set` that Helm would not take.
    pub fn over(&self, values: &Value) -> Result<Value> {
        let mut merged = values.clone();
        for file in &self.files {
            merge(&mut merged, file);
        }
        let Value::Object(map) = &mut merged else {
            return Err(Error::internal("values that are not a mapping"));
        };
        for text in &self.set {
            set(map, text).map_err(|why| {
                Error::usage(format!("--set {}: {why}", text.escape_debug())).hint(
                    "write it as for helm: replicaCount=2, extraEnv[0].name=A, podLabels.team=web",
                )
            })?;
        }
        Ok(merged)
    }
}

/// Lays mappings over mappings; everything else replaces. A null stays: Helm takes the chart's own
/// default out for it.
fn merge(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                match under.get_mut(key) {
                    Some(present) => merge(present, value),
                    None => {
                        under.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (under, over) => under.clone_from(over),
    }
}

/// Sets what one `--set` says: `a.b=1,c[0]=x,d={y,z}`.
fn set(values: &mut Map<String, Value>, text: &str) -> Result<(), String> {
    let mut reader = SetReader {
        text: text.chars().collect(),
        at: 0,
    };
    while !reader.is_done() {
        reader.key(values, 0)?;
    }
    Ok(())
}

/// Reads a text of `--set` from left to right.
struct SetReader {
    text: Vec<char>,
    at: usize,
}

impl SetReader {
    fn is_done(&self) -> bool {
        self.at >= self.text.len()
    }

    /// The text before the next of these characters, and which one it was. A backslash takes the
    /// character behind it as it is.
    fn until(&mut self, stops: &[char]) -> (String, Option<char>) {
        let mut text = String::new();
        while let Some(&c) = self.text.get(self.at) {
            self.at += 1;
            if stops.contains(&c) {
                return (text, Some(c));
            }
            if c == '\\' {
                if let Some(&escaped) = self.text.get(self.at) {
                    text.push(escaped);
                    self.at += 1;
                }
            } else {
                text.push(c);
            }
        }
        (text, None)
    }

    fn key(&mut self, values: &mut Map<String, Value>, depth: usize) -> Result<(), String> {
        if depth > DEEPEST {
            return Err(format!("a path has more than {DEEPEST} keys"));
        }
        let (key, stop) = self.until(&['=', '[', ',', '.']);
        if key.is_empty() {
            return Err("a key is empty".to_owned());
        }
        match stop {
            Some('=') => {
                let value = self.value()?;
                values.insert(key, value);
            }
            Some('[') => {
                let index = self.index()?;
                let list = values.entry(key.clone()).or_insert(Value::Null);
                let list = list_of(list).ok_or_else(|| format!("`{key}` is not a list"))?;
                self.item(list, index, depth + 1)?;
            }
            Some('.') => {
                let inner = values.entry(key.clone()).or_insert(Value::Null);
                if inner.is_null() {
                    *inner = Value::Object(Map::new());
                }
                let inner = inner.as_object_mut();
                let inner = inner.ok_or_else(|| format!("`{key}` is not a mapping"))?;
                self.key(inner, depth + 1)?;
            }
            _ => return Err(format!("`{key}` has no value")),
        }
        Ok(())
    }

    fn index(&mut self) -> Result<usize, String> {
        let (text, stop) = self.until(&[']']);
        let index = text.parse().ok().filter(|index| *index <= LONGEST);
        match (index, stop) {
            (Some(index), Some(_)) => Ok(index),
            _ => Err(format!("`[{text}` is not an index of a list")),
        }
    }

    fn item(&mut self, list: &mut Vec<Value>, index: usize, depth: usize) -> Result<(), String> {
        if depth > DEEPEST {
            return Err(format!("a path has more than {DEEPEST} keys"));
        }
        if list.len() <= index {
            list.resize(index + 1, Value::Null);
        }
        let (between, stop) = self.until(&['[', '.', '=']);
        if !between.is_empty() {
            return Err(format!("`{between}` is behind an index"));
        }
        match stop {
            Some('=') => list[index] = self.value()?,
            Some('[') => {
                let next = self.index()?;
                let inner = list_of(&mut list[index]);
                let inner = inner.ok_or_else(|| format!("item {index} is not a list"))?;
                self.item(inner, next, depth + 1)?;
            }
            Some(_) => {
                if !list[index].is_object() {
                    list[index] = Value::Object(Map::new());
                }
                if let Some(inner) = list[index].as_object_mut() {
                    self.key(inner, depth + 1)?;
                }
            }
            None => return Err(format!("item {index} has no value")),
        }
        Ok(())
    }

    /// A value up to the next comma, or a list in braces.
    fn value(&mut self) -> Result<Value, String> {
        if self.text.get(self.at) != Some(&'{') {
            return Ok(typed(self.until(&[',']).0));
        }
        self.at += 1;
        let mut list = Vec::new();
        loop {
            let (item, stop) = self.until(&[',', '}']);
            match stop {
                None => return Err("a list is not closed by `}`".to_owned()),
                Some(stop) => list.push((typed(item), stop)),
            }
            if matches!(list.last(), Some((_, '}'))) {
                break;
            }
        }
        if self.text.get(self.at) == Some(&',') {
            self.at += 1;
        }
        Ok(list.into_iter().map(|(item, _)| item).collect())
    }
}

fn list_of(value: &mut Value) -> Option<&mut Vec<Value>> {
    if value.is_null() {
        *value = Value::Array(Vec::new());
    }
    value.as_array_mut()
}

/// A value as Helm types it: booleans, null, whole numbers without a leading zero, else a string.
fn typed(text: String) -> Value {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    if is("true") || is("false") {
        return is("true").into();
    }
    if is("null") {
        return Value::Null;
    }
    if text == "0" {
        return 0.into();
    }
    match text.parse::<i64>() {
        Ok(number) if !text.starts_with('0') => number.into(),
        _ => text.into(),
    }
}

/// The leaves that one value has otherwise than another: path, before, after.
pub(super) fn changes(before: &Value, after: &Value) -> Vec<(String, Option<Value>, Value)> {
    let mut found = Vec::new();
    collect("", Some(before), after, &mut found);
    found
}

fn collect(
    path: &str,
    before: Option<&Value>,
    after: &Value,
    found: &mut Vec<(String, Option<Value>, Value)>,
) {
    match after {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                collect(
                    &path,
                    before.and_then(|before| before.get(key)),
                    value,
                    found,
                );
            }
        }
        _ if before != Some(after) => {
            found.push((path.to_owned(), before.cloned(), after.clone()));
        }
        _ => {}
    }
}

/// A text in which the mapping at a route has these values: what is equal stays byte for byte.
///
/// # Errors
/// See [`yaml::edit`].
pub(super) fn replaced(stream: &Stream, route: &[&str], values: &Value) -> Result<String> {
    let edits = values.as_object().into_iter().flatten();
    let edits = edits.map(|(key, value)| Edit::Set {
        document: 0,
        route: route
            .iter()
            .copied()
            .chain([key.as_str()])
            .map(Step::key)
            .collect(),
        value: value.clone(),
    });
    Ok(yaml::edit(stream, &edits.collect::<Vec<_>>())?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn set_on(values: &Value, text: &str) -> Result<Value, String> {
        let overlay = ValuesOverlay {
            files: Vec::new(),
            set: vec![text.to_owned()],
        };
        overlay.over(values).map_err(|error| error.to_string())
    }

    #[test]
    fn set_is_read_as_helm_reads_it() {
        for (text, want) in [
            ("a=", json!({"a": ""})),
            ("a={}", json!({"a": [""]})),
            ("a={x,,y}", json!({"a": ["x", "", "y"]})),
            ("a={1,true},b=2", json!({"a": [1, true], "b": 2})),
            (
                "a.b=1,c=01,d=0,e=-5,f=1.5,g=TRUE,h=Null",
                json!({"a": {"b": 1}, "c": "01", "d": 0, "e": -5, "f": "1.5", "g": true, "h": null}),
            ),
            ("a[2]=1", json!({"a": [null, null, 1]})),
            ("a[0].b=1", json!({"a": [{"b": 1}]})),
            ("a[0][1]=2", json!({"a": [[null, 2]]})),
            (r"a\.b=1\,2", json!({"a.b": "1,2"})),
            ("a=x=y", json!({"a": "x=y"})),
            ("a=1,", json!({"a": 1})),
            (
                "a=99999999999999999999",
                json!({"a": "99999999999999999999"}),
            ),
        ] {
            assert_eq!(set_on(&json!({}), text).unwrap(), want, "{text}");
        }
        let present = json!({"a": {"b": 1, "c": 2}, "l": [1, 2]});
        assert_eq!(
            set_on(&present, "a.b=null,l[1]=9").unwrap(),
            json!({"a": {"b": null, "c": 2}, "l": [1, 9]})
        );
        for wrong in [
            "a",
            "=1",
            "a.b",
            "a.",
            ",a=1",
            "a={x",
            "a[x]=1",
            "a[-1]=1",
            "a[0]b=1",
            "a[0]",
            "a={x}y",
            "a..b=1",
            "l.x=9",
            "a[70000]=1",
        ] {
            assert!(set_on(&json!({"l": [1]}), wrong).is_err(), "{wrong}");
        }
        assert!(set_on(&present, "a[0]=9").is_err());
        assert!(set_on(&json!({}), &("a.".repeat(40) + "b=1")).is_err());
        assert!(set_on(&json!({}), &format!("a{}=1", "[0]".repeat(40))).is_err());
    }

    #[test]
    fn files_are_merged_as_helm_merges_them() {
        let overlay = ValuesOverlay {
            files: vec![
                json!({"a": {"b": null, "d": "x"}, "l": [3]}),
                json!({"l": 1}),
            ],
            set: vec!["l=2".to_owned()],
        };
        let base = json!({"a": {"b": 1, "c": 2}, "l": [1, 2]});
        let merged = overlay.over(&base).unwrap();
        assert_eq!(merged, json!({"a": {"b": null, "c": 2, "d": "x"}, "l": 2}));
        let changed = changes(&base, &merged);
        let paths: Vec<&str> = changed.iter().map(|(path, ..)| path.as_str()).collect();
        assert_eq!(paths, ["a.b", "a.d", "l"]);
    }
}
