//! `render`: prints the change, ready for kubectl or for Git.

use std::path::Path;

use serde_json::{Value, json};

use super::change::{Planned, Wish, scope};
use super::context::Context;
use super::next::{Next, Read};
use super::permissions::{permissions, refuse_collateral};
use crate::cli::{Form, Format, RenderArgs};
use crate::emit::{Access, Existing, create_directory, write};
use crate::error::{Code, Error, Result};
use crate::input::{File, Object, Origin, objects, select};
use crate::model::{Data, Source, Which};
use crate::plan::{Desired, Goal, key_edits, merge_patch, server_fields};
use crate::render::Rendered;
use crate::yaml::{self, Edit, Node, Stream};

/// One text to emit, and the file name it has in a directory.
struct Text {
    name: String,
    text: String,
}

pub(super) fn run(args: &RenderArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let wish = Wish::new(&args.change, context)?;
    let form = args
        .form
        .or(args.output.and_then(crate::cli::RenderOutput::form));
    let format = match (
        args.format,
        args.output.and_then(crate::cli::RenderOutput::format),
    ) {
        (Some(one), Some(other)) if one != other => {
            return Err(Error::usage("-o and --format name different formats"));
        }
        (one, other) => one.or(other),
    };
    let files = context.read(&args.input)?;
    let mut next = Next::new(&args.input, &args.change, &wish);
    let (texts, form) = match &files {
        None => {
            let (texts, form) = without_input(args, &wish, form, format)?;
            next.read = if args.change.fresh {
                Read::Fresh
            } else {
                Read::Nothing
            };
            (texts, form)
        }
        Some(files) => {
            let form = form.unwrap_or(Form::Manifest);
            let found = objects(files);
            let selection = select(&found, &scope(&args.input))?;
            let planned = wish.plan(&selection, context)?;
            next.observe(&planned);
            if args.change.fail_on_collateral {
                let scope = scope(&args.input);
                let changes = permissions(files, &planned, &scope, &wish.account)?;
                refuse_collateral(&changes, &wish.account)?;
            }
            let texts = match form {
                Form::Manifest => manifests(args, files, &found, &planned, format)?,
                Form::Patch => patches(args, &planned, format),
            };
            (texts, form)
        }
    };
    if form == Form::Patch && texts.len() > 1 && args.output_dir.is_none() {
        refuse_several(args, context, &next)?;
    }
    if let Some(directory) = &args.output_dir {
        write_all(&context.host.path(directory), directory, &texts)?;
    } else {
        let texts: Vec<String> = texts.into_iter().map(|text| text.text).collect();
        context.print(&join(&texts))?;
    }
    next.tell(form, args.output_dir.as_deref(), context);
    Ok(Code::OK)
}

fn without_input(
    args: &RenderArgs,
    wish: &Wish,
    form: Option<Form>,
    format: Option<Format>,
) -> Result<(Vec<Text>, Form)> {
    let fresh = args.change.fresh;
    let form = form.unwrap_or(if fresh { Form::Manifest } else { Form::Patch });
    match (form, fresh) {
        (Form::Manifest, false) => {
            return Err(Error::usage("a manifest needs the objects that are there now")
                .hint("give them with -f FILE or --live; for an Argo CD that does not exist yet there is --fresh"));
        }
        (Form::Patch, true) => {
            return Err(Error::usage(
                "--fresh stands for ConfigMaps that do not exist yet, and a patch needs one",
            )
            .hint("leave --fresh out, or use -o manifest"));
        }
        (Form::Patch, false) if wish.shares_a_key() => {
            return Err(Error::usage(
                "a patch of a policy key that others write too replaces their rules, and without \
                 input nobody knows them",
            )
            .hint("give the objects with -f FILE or --live, or leave --policy-key out: the rules then have a key of their own"));
        }
        _ => {}
    }
    let namespace = args
        .input
        .namespace
        .clone()
        .unwrap_or_else(|| "argocd".to_owned());
    let variables = wish.variables(&namespace, wish.match_mode());
    let desired = Desired::render(&wish.engine, &variables)?;
    let mut texts = Vec::new();
    for which in wish.wants() {
        let name = file_name(None, which, form, format.unwrap_or(Format::Yaml));
        let text = if wish.goal == Goal::Absent {
            let data: serde_json::Map<_, _> = desired
                .data(which)
                .iter()
                .map(|(key, _)| (key.to_owned(), Value::Null))
                .collect();
            let patch = json!({"metadata": {"name": which.name()}, "data": data});
            write_value(&patch, format.unwrap_or(Format::Yaml))
        } else {
            let rendered = match form {
                Form::Manifest => wish.engine.manifest(which, &variables)?,
                Form::Patch => wish.engine.patch(which, &variables)?,
            };
            let value = checked(&rendered, which, desired.data(which))?;
            if format == Some(Format::Json) {
                write_value(&value, Format::Json)
            } else {
                rendered.text
            }
        };
        texts.push(Text { name, text });
    }
    if form == Form::Manifest && format == Some(Format::Json) && texts.len() > 1 {
        return Ok((vec![list(&texts)?], form));
    }
    Ok((texts, form))
}

/// Reads a rendered document again: it must be for this ConfigMap, with exactly these entries.
fn checked(rendered: &Rendered, which: Which, data: &Data) -> Result<Value> {
    let source = Source::new(format!("{} (rendered)", rendered.template), &*rendered.text);
    let stream = Stream::parse(source)?;
    let root = stream.documents().first().and_then(yaml::Document::root);
    let value = match (stream.documents(), root) {
        ([document], Some(root)) => document.to_json(root)?,
        _ => Value::Null,
    };
    let entries = value.get("data").and_then(Value::as_object);
    let same = entries.is_some_and(|entries| {
        entries.len() == data.iter().count()
            && data
                .iter()
                .all(|(key, text)| entries.get(key).and_then(Value::as_str) == Some(text))
    });
    let name = value.pointer("/metadata/name").and_then(Value::as_str);
    if !same || name != Some(which.name()) {
        return Err(Error::input(format!(
            "{}: what this template renders is not {which} with the entries of its data template",
            rendered.template
        ))
        .hint("include them with `{% filter indent(2) %}{% include data_template %}{% endfilter %}` below `data:`"));
    }
    Ok(value)
}

/// The files that hold an object of ours, and stdin, whole and edited.
fn manifests(
    args: &RenderArgs,
    files: &[File],
    found: &[Object<'_>],
    planned: &[Planned<'_>],
    format: Option<Format>,
) -> Result<Vec<Text>> {
    let mut texts: Vec<Text> = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let Some(stream) = file.stream() else {
            continue;
        };
        let ours = planned
            .iter()
            .filter(|planned| planned.object.file == index);
        if ours.clone().count() == 0 && file.origin != Origin::Stdin {
            continue;
        }
        let changes = ours.flat_map(|planned| {
            let Planned {
                object,
                configmap,
                plan,
            } = planned;
            key_edits(
                object.document,
                &object.route,
                configmap.data.as_ref(),
                &plan.changes,
            )
        });
        let stripped = found
            .iter()
            .filter(|object| object.file == index && object.from_server());
        let lock = !args.change.strip_resource_version;
        let edits: Vec<Edit> = changes
            .chain(stripped.flat_map(|object| {
                server_fields(object.document, &object.route, object.node, lock)
            }))
            .collect();
        let edited = yaml::edit(stream, &edits)?;
        let name = match &file.origin {
            Origin::Named(path) | Origin::Found(path) => path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            Origin::Stdin => "stdin.yaml".to_owned(),
            Origin::Live => "live.yaml".to_owned(),
            Origin::Sample | Origin::Made => "sample.yaml".to_owned(),
        };
        if args.output_dir.is_some() && texts.iter().any(|text| text.name == name) {
            return Err(Error::usage(format!("two of the files are called {name}"))
                .hint("render them one after the other, into directories of their own"));
        }
        let same = match format {
            None => true,
            Some(Format::Yaml) => stream.format() == yaml::Format::Yaml,
            Some(Format::Json) => stream.format() == yaml::Format::Json,
        };
        let text = match format {
            Some(format) if !same => {
                let values = values(&Stream::parse(Source::new(stream.source().name(), edited))?)?;
                convert(&values, format)
            }
            _ => edited,
        };
        texts.push(Text { name, text });
    }
    let many = format == Some(Format::Json) && args.output_dir.is_none() && texts.len() > 1;
    if many {
        Ok(vec![list(&texts)?])
    } else {
        Ok(texts)
    }
}

fn values(stream: &Stream) -> Result<Vec<Value>> {
    let roots = stream
        .documents()
        .iter()
        .filter_map(|document| Some((document, document.root()?)));
    roots
        .map(|(document, root): (_, &Node)| document.to_json(root))
        .collect()
}

/// Documents in another format; several JSON documents become one `List`, as kubectl prints them.
fn convert(values: &[Value], format: Format) -> String {
    match (format, values) {
        (Format::Json, [one]) => write_value(one, format),
        (Format::Json, several) => write_value(&list_of(several), format),
        (Format::Yaml, several) => {
            let texts: Vec<String> = several
                .iter()
                .map(|value| write_value(value, format))
                .collect();
            join(&texts)
        }
    }
}

fn list(texts: &[Text]) -> Result<Text> {
    let mut all = Vec::new();
    for text in texts {
        all.extend(values(&Stream::parse(Source::new(
            &*text.name,
            &*text.text,
        ))?)?);
    }
    Ok(Text {
        name: "objects.json".to_owned(),
        text: write_value(&list_of(&all), Format::Json),
    })
}

fn list_of(values: &[Value]) -> Value {
    let mut items = Vec::new();
    for value in values {
        match value.get("items").and_then(Value::as_array) {
            Some(inner) if value.get("kind").and_then(Value::as_str) == Some("List") => {
                items.extend(inner.iter().cloned());
            }
            _ => items.push(value.clone()),
        }
    }
    json!({"apiVersion": "v1", "items": items, "kind": "List"})
}

fn patches(args: &RenderArgs, planned: &[Planned<'_>], format: Option<Format>) -> Vec<Text> {
    let several = planned
        .iter()
        .any(|p| p.configmap.namespace != planned[0].configmap.namespace);
    let texts = planned.iter().map(|planned| {
        let format = format.unwrap_or(match planned.object.stream().format() {
            yaml::Format::Yaml => Format::Yaml,
            yaml::Format::Json => Format::Json,
        });
        let lock = !args.change.strip_resource_version;
        let patch = merge_patch(&planned.configmap, &planned.plan.changes, lock);
        let namespace = several.then_some(planned.configmap.namespace.as_str());
        Text {
            name: file_name(namespace, planned.configmap.which, Form::Patch, format),
            text: write_value(&patch, format),
        }
    });
    texts.collect()
}

fn file_name(namespace: Option<&str>, which: Which, form: Form, format: Format) -> String {
    let namespace = namespace.map(|name| format!("{name}.")).unwrap_or_default();
    let form = if form == Form::Patch { ".patch" } else { "" };
    let format = if format == Format::Json {
        "json"
    } else {
        "yaml"
    };
    format!("{namespace}{which}{form}.{format}")
}

fn write_value(value: &Value, format: Format) -> String {
    match format {
        Format::Yaml => yaml::write::document(value),
        Format::Json => format!("{value:#}\n"),
    }
}

/// kubectl silently drops all but the first document of a patch file.
fn refuse_several(args: &RenderArgs, context: &Context<'_, '_>, next: &Next<'_>) -> Result<()> {
    if context.host.terminal.stdout {
        return Ok(());
    }
    let error = Error::usage(
        "there are two patches, and kubectl silently drops all but the first of a patch file",
    );
    let error = next.patch_commands().into_iter().fold(error, Error::hint);
    Err(if args.input.all_namespaces {
        error.hint("or write them to files: --output-dir DIR")
    } else {
        error
    })
}

/// Joins texts to one stream of documents.
fn join(texts: &[String]) -> String {
    let mut joined = String::new();
    for text in texts {
        if joined.is_empty() {
            joined.push_str(text);
            continue;
        }
        let text = text.trim_start_matches('\u{feff}');
        if !joined.ends_with('\n') {
            joined.push('\n');
        }
        if !text.starts_with("---") {
            joined.push_str("---\n");
        }
        joined.push_str(text);
    }
    joined
}

fn write_all(directory: &Path, shown: &Path, texts: &[Text]) -> Result<()> {
    create_directory(directory)?;
    for Text { name, text } in texts {
        write(
            &directory.join(name),
            text.as_bytes(),
            Access::Normal,
            Existing::Replace,
        )
        .map_err(|error| error.hint(format!("some files of {} may be written", shown.display())))?;
    }
    Ok(())
}
