//! Checks, draws and serves the book, again at each change. What a check found is shown in its page.

use crate::checking;
use crate::cli::ServeArgs;
use crate::engine;
use crate::http::Site;
use crate::machine;
use crate::project::Project;
use crate::publish::{self, Weaver};
use crate::report;
use crate::watch::Watch;
use anyhow::{Context as _, Result};
use std::io::{Write as _, stdout};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

/// `heapbook serve`: until interrupted.
pub(crate) fn command(args: &ServeArgs) -> Result<ExitCode> {
    let project = Project::here()?;
    let listener = listen(args)?;
    let watch = Watch::new(&project)?;
    let mut folders = Folders::new(&project);
    let site = Site::new(draw(args, &project, folders.next())?);
    writeln!(stdout(), "http://{}/", listener.local_addr()?)?;
    let served = site.clone();
    thread::spawn(move || served.serve(&listener));
    if project.runs {
        let site = site.clone();
        thread::spawn(move || match machine::scripts(true) {
            Ok(scripts) => site.give(scripts),
            Err(error) => eprintln!("heapbook: the pages are shown, but nothing runs in them: {error:#}"),
        });
    }
    while watch.wait() {
        // The file may be half written, or the table of contents wrong: the last good book stays.
        match draw(args, &project, folders.next()) {
            Ok(folder) => site.change(folder),
            Err(error) => eprintln!("heapbook: {error:#}"),
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Checks and draws once.
fn draw(args: &ServeArgs, project: &Project, folder: PathBuf) -> Result<PathBuf> {
    let project = Project::find(&project.root)?;
    let outcome = checking::check(&project.select(&args.run.paths)?, engine::choose(&args.run.engine, &project)?.as_ref())?;
    report::write(&outcome, crate::cli::Format::Text, &mut stdout().lock())?;
    publish::build(&project, Weaver::showing(&outcome), Some(&folder))
}

/// The port asked for; without one the usual port, or any that is free.
fn listen(args: &ServeArgs) -> Result<TcpListener> {
    match args.port {
        Some(port) => {
            TcpListener::bind((args.hostname.as_str(), port)).with_context(|| format!("port {port} of {} cannot be used", args.hostname))
        }
        None => TcpListener::bind((args.hostname.as_str(), 3000))
            .or_else(|_| TcpListener::bind((args.hostname.as_str(), 0)))
            .with_context(|| format!("no port of {} can be used", args.hostname)),
    }
}

/// Two folders in turn: one is served while the other is drawn.
struct Folders {
    root: PathBuf,
    drawn: usize,
}

impl Folders {
    fn new(project: &Project) -> Folders {
        Folders { root: project.root.join("target/serve"), drawn: 0 }
    }

    fn next(&mut self) -> PathBuf {
        self.drawn += 1;
        self.root.join(if self.drawn.is_multiple_of(2) { "even" } else { "odd" })
    }
}
