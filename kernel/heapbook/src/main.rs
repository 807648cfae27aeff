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
use chapter::Engine;
use clap::Parser as _;
use cli::{BlessArgs, CheckArgs, Cli, Command, RunArgs};
use project::Project;
use std::io::stdout;
use std::process::ExitCode;
use std::time::Duration;

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
    let pages = Project::here()?.select(&args.run.paths)?;
    let outcome = checking::check(&pages, engine(&args.run)?.as_ref())?;
    report::write(&outcome, args.format, &mut stdout().lock())?;
    Ok(ExitCode::from(u8::from(outcome.n_failures() > 0)))
}

fn bless(args: &BlessArgs) -> Result<ExitCode> {
    let pages = Project::here()?.select(&args.run.paths)?;
    let engine = engine(&args.run)?;
    let outcome = checking::check(&pages, engine.as_ref())?;
    let blessed = blessing::bless(&outcome, engine.as_ref(), &mut stdout().lock())?;
    println!("{} written, {} left", report::counted(blessed.written.len(), "page"), report::counted(blessed.left, "failure"));
    Ok(ExitCode::from(u8::from(blessed.left > 0)))
}

/// What runs the cells.
fn engine(args: &RunArgs) -> Result<Box<dyn Engine>> {
    match args.cpython.is_empty() {
        true => Ok(Box::new(engine::Own)),
        false => Ok(Box::new(engine::Cpython::new(&args.cpython, Duration::from_secs(args.limit))?)),
    }
}
