//! The command line: finds the book, chooses what runs it, and tells what came of it.
//!
//! Exit status: 0 all holds, 1 something does not, 2 the command could not be carried out.

mod blessing;
mod checking;
mod cli;
mod engine;
mod project;
mod report;

use anyhow::Result;
use clap::Parser as _;
use cli::{BlessArgs, CheckArgs, Cli, Command};
use project::Project;
use std::io::stdout;
use std::process::ExitCode;

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Check(args) => check(&args),
        Command::Bless(args) => bless(&args),
    };
    result.unwrap_or_else(|error| {
        eprintln!("heapbook: {error:#}");
        ExitCode::from(2)
    })
}

fn check(args: &CheckArgs) -> Result<ExitCode> {
    let project = Project::here()?;
    let pages = project.select(&args.run.paths)?;
    let outcome = checking::check(&pages, engine::choose(&args.run, &project)?.as_ref())?;
    report::write(&outcome, args.format, &mut stdout().lock())?;
    Ok(ExitCode::from(u8::from(outcome.n_failures() > 0)))
}

fn bless(args: &BlessArgs) -> Result<ExitCode> {
    let project = Project::here()?;
    let pages = project.select(&args.run.paths)?;
    let engine = engine::choose(&args.run, &project)?;
    let outcome = checking::check(&pages, engine.as_ref())?;
    let blessed = blessing::bless(&outcome, engine.as_ref(), &mut stdout().lock())?;
    println!("{} written, {} left", report::counted(blessed.written.len(), "page"), report::counted(blessed.left, "failure"));
    Ok(ExitCode::from(u8::from(blessed.left > 0)))
}
