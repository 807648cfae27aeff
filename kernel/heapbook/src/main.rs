//! The command line: finds the book, chooses what runs it, and tells what came of it.
//!
//! Exit status: 0 all holds, 1 something does not, 2 the command could not be carried out.

mod blessing;
mod checking;
mod cli;
mod engine;
mod http;
mod notebooks;
mod project;
mod publish;
mod report;
mod serving;
mod watch;

use anyhow::{Result, bail};
use clap::Parser as _;
use cli::{BlessArgs, CheckArgs, Cli, Command, Format, NotebooksArgs, PreprocessArgs, PreprocessQuestion};
use project::Project;
use publish::Weaver;
use std::io::{stdin, stdout};
use std::process::ExitCode;
use watch::Watch;

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Check(args) => check(&args),
        Command::Bless(args) => bless(&args),
        Command::Build => build(),
        Command::Serve(args) => serving::serve(&args).map(|()| ExitCode::SUCCESS),
        Command::Notebooks(args) => notebooks(&args),
        Command::Preprocess(args) => preprocess(&args),
    };
    result.unwrap_or_else(|error| {
        eprintln!("heapbook: {error:#}");
        ExitCode::from(2)
    })
}

fn check(args: &CheckArgs) -> Result<ExitCode> {
    let project = Project::here()?;
    let engine = engine::choose(&args.run.engine, &project)?;
    let once = || -> Result<ExitCode> {
        let outcome = checking::check(&project.select(&args.run.paths)?, engine.as_ref())?;
        report::write(&outcome, args.format, &mut stdout().lock())?;
        Ok(ExitCode::from(u8::from(outcome.n_failures() > 0)))
    };
    if !args.watch {
        return once();
    }
    let watch = Watch::new(&project)?;
    let mut last = once()?;
    while watch.wait() {
        last = once()?;
    }
    Ok(last)
}

fn bless(args: &BlessArgs) -> Result<ExitCode> {
    if args.run.engine.kernel.is_some() {
        bail!("a kernel shows errors in its own way, so it can judge a page and not bless it; take `--cpython` or our own machine");
    }
    let project = Project::here()?;
    let pages = project.select(&args.run.paths)?;
    let engine = engine::choose(&args.run.engine, &project)?;
    let outcome = checking::check(&pages, engine.as_ref())?;
    let blessed = blessing::bless(&outcome, engine.as_ref(), &mut stdout().lock())?;
    println!("{} written, {} left", report::counted(blessed.written.len(), "page"), report::counted(blessed.left, "failure"));
    Ok(ExitCode::from(u8::from(blessed.left > 0)))
}

fn build() -> Result<ExitCode> {
    let folder = publish::build(&Project::here()?, Weaver::default(), None)?;
    println!("{}", project::shown(&folder).join("index.html").display());
    Ok(ExitCode::SUCCESS)
}

fn notebooks(args: &NotebooksArgs) -> Result<ExitCode> {
    let project = Project::here()?;
    let outcome = checking::check(&project.all()?, engine::choose(&args.engine, &project)?.as_ref())?;
    if outcome.n_failures() > 0 {
        report::write(&outcome, Format::Text, &mut stdout().lock())?;
        bail!("no notebook is made of pages that do not hold");
    }
    let made = notebooks::make(&project, &outcome, args.check)?;
    for path in &made.differ {
        println!(
            "{}: {}",
            path.display(),
            if args.check { "is not what its page makes; `heapbook notebooks` makes it" } else { "written" }
        );
    }
    for path in &made.stray {
        println!("{}: no page makes it; remove it", path.display());
    }
    println!("{}, {} differed", report::counted(made.total, "notebook"), made.differ.len());
    let holds = made.stray.is_empty() && (made.differ.is_empty() || !args.check);
    Ok(ExitCode::from(u8::from(!holds)))
}

fn preprocess(args: &PreprocessArgs) -> Result<ExitCode> {
    match &args.question {
        // Other renderers would print the frames' HTML.
        Some(PreprocessQuestion::Supports { renderer }) => Ok(ExitCode::from(u8::from(renderer != "html"))),
        None => publish::preprocess(&mut stdin().lock(), &mut stdout().lock()).map(|()| ExitCode::SUCCESS),
    }
}
