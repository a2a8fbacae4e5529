//! Reading what the input options name: files, stdin, the cluster, the sample.

use super::context::Context;
use crate::cli::{Form, Input};
use crate::emit::Replacement;
use crate::error::{Error, Result};
use crate::input::{self, File, Origin, Reader, Skipped};
use crate::model::DEFAULT_NAMESPACE;
use crate::report::Progress;

/// What was read of an Argo CD.
pub(crate) struct ReadState {
    pub(crate) files: Vec<File>,
    /// From which file on they are live objects beside files, which come first.
    pub(crate) base: Option<usize>,
}

impl Context<'_, '_> {
    /// Reads what the input options name; `None` where they name nothing.
    /// `form` says what is asked of the cluster with `--live`; of AppProjects only `projects`, if
    /// some are named.
    pub(crate) fn read(
        &mut self,
        args: &Input,
        form: Option<Form>,
        projects: &[String],
    ) -> Result<Option<Vec<File>>> {
        if args.filename.is_empty() {
            return self.read_other(args, form, projects);
        }
        refuse_both(args)?;
        self.read_files(args).map(Some)
    }

    /// Reads what the input options name, for a question about the whole state of an Argo CD: with
    /// `--live` all that decides, and files beside it, which come before live objects.
    pub(crate) fn read_state(
        &mut self,
        args: &Input,
        projects: &[String],
    ) -> Result<Option<ReadState>> {
        if !args.live || !matches!(args.form, None | Some(Form::Manifest)) {
            let files = self.read(args, args.form, projects)?;
            return Ok(files.map(|files| ReadState { files, base: None }));
        }
        let mut files = self.read_files(args)?;
        let base = (!files.is_empty()).then_some(files.len());
        files.extend(self.read_live(args)?);
        Ok(Some(ReadState { files, base }))
    }

    /// Reads the whole live state: the ConfigMaps with settings that decide, and the AppProjects.
    pub(crate) fn read_live(&mut self, args: &Input) -> Result<Vec<File>> {
        let (cluster, runner) = (self.cluster(args), self.host.runner);
        self.telling(|notes| input::live_state(&cluster, runner, notes))
    }

    /// Reads what decides beside the live objects of a form that were read; what cannot be read is
    /// said.
    pub(super) fn read_live_beside(&mut self, args: &Input, form: Form) -> Vec<File> {
        if form == Form::Manifest {
            let (cluster, runner) = (self.cluster(args), self.host.runner);
            return self.telling(|notes| input::live_beside_configmaps(&cluster, runner, notes));
        }
        self.read_live(args).unwrap_or_else(|error| {
            self.note(format!(
                "some settings could not be read, so permissions are based on the rest: {error}"
            ));
            Vec::new()
        })
    }

    /// Reads the named files and says nothing about those that it leaves out.
    pub(super) fn peek(&mut self, args: &Input) -> Result<Vec<File>> {
        let (files, _) = self.reader(args).read(&args.filename)?;
        Ok(files)
    }

    /// The same, but goes on where a named file cannot be read, and shows how far it is when it
    /// takes long.
    pub(crate) fn read_each(
        &mut self,
        args: &Input,
        skip_unrelated: bool,
    ) -> Result<Option<(Vec<File>, Vec<Error>)>> {
        if args.filename.is_empty() {
            let state = self.read_state(args, &[])?;
            return Ok(state.map(|state| (state.files, Vec::new())));
        }
        refuse_both(args)?;
        let shown = self.host.terminal.stderr && !self.is_hushed();
        let mut progress = Progress::new(self.host.clock, shown, "files");
        let mut reader = Reader {
            stdin: self.host.stdin,
            directory: &self.host.directory,
            recursive: args.recursive,
            skip_unrelated,
        };
        let stderr = &mut self.host.stderr;
        let reading = reader.read_each(&args.filename, &mut |done, all| {
            progress.tell(done, all, *stderr);
        });
        progress.clear(self.host.stderr);
        let reading = reading?;
        self.tell_skipped(&reading.skipped);
        Ok(Some((reading.files, reading.failures)))
    }

    fn read_files(&mut self, args: &Input) -> Result<Vec<File>> {
        let (files, skipped) = self.reader(args).read(&args.filename)?;
        self.tell_skipped(&skipped);
        Ok(files)
    }

    fn reader<'r>(&'r mut self, args: &Input) -> Reader<'r> {
        Reader {
            stdin: self.host.stdin,
            directory: &self.host.directory,
            recursive: args.recursive,
            skip_unrelated: false,
        }
    }

    /// What comes from no file.
    fn read_other(
        &mut self,
        args: &Input,
        form: Option<Form>,
        projects: &[String],
    ) -> Result<Option<Vec<File>>> {
        if args.sample {
            return Ok(Some(vec![input::sample()?]));
        }
        if !args.live {
            return Ok(None);
        }
        let (cluster, runner) = (self.cluster(args), self.host.runner);
        input::live_objects(&cluster, form, projects, runner).map(Some)
    }

    /// The new text of a file on disk; `None` for one that is not there.
    pub(super) fn replacement(
        &self,
        file: &File,
        before: impl Into<String>,
        after: impl Into<String>,
    ) -> Option<Replacement> {
        let (Origin::Named(path) | Origin::Found(path)) = &file.origin else {
            return None;
        };
        Some(Replacement {
            path: self.host.path(path),
            shown: path.display().to_string(),
            before: before.into(),
            after: after.into(),
        })
    }

    /// The cluster that `--live` asks.
    pub(super) fn cluster(&self, args: &Input) -> input::Cluster {
        let kubectl = self.host.env.get("KUBECTL_PATH");
        input::Cluster {
            kubectl: kubectl.map_or_else(|| "kubectl".into(), Into::into),
            flags: args.kubectl.flags(),
            namespace: args
                .namespace
                .clone()
                .unwrap_or_else(|| DEFAULT_NAMESPACE.to_owned()),
        }
    }

    fn tell_skipped(&mut self, skipped: &[Skipped]) {
        let notes = input::skipped_notes(skipped, self.is_verbose());
        self.tell(&notes);
    }
}

/// Refuses files beside `--live` where they are not laid over the live objects.
fn refuse_both(args: &Input) -> Result<()> {
    if args.live {
        return Err(Error::usage("--live and --filename cannot be combined here")
            .hint("`check`, `can`, `who-can` and `matrix` read files as they would be applied to the live objects"));
    }
    Ok(())
}
