//! The command line: finds the book, chooses what runs it, and tells what came of it.
//!
//! Exit status: 0 all holds, 1 something does not, 2 the command could not be carried out.

mod blessing;
mod checking;
mod claims;
mod cli;
mod code_store;
mod compare;
mod engine;
mod history;
mod host;
mod http;
mod install;
mod kernel;
mod kernel_host;
mod machine;
mod mprof;
mod notebooks;
mod project;
mod prompt;
mod publish;
mod report;
mod run;
mod run_on_kernel;
mod serving;
mod stack;
mod watch;

use clap::Parser as _;
use cli::{Cli, Command, ProgramArgs};
use std::alloc::System;
use std::io;
use std::process::ExitCode;

/// Programs that make and drop many containers are bound by their memory.
#[global_allocator]
static ALLOCATOR: heap::SmallBlocks<System> = heap::SmallBlocks(System);

fn main() -> ExitCode {
    // What a program's peak memory is, its reader can see.
    heap::keep_no_large_buffers();
    code_store::keep();
    let result = match Cli::parse().command {
        None => run::command(&ProgramArgs::default()),
        Some(Command::Run(ProgramArgs { kernel: Some(kernel), words, .. })) => run_on_kernel::command(&kernel, &words),
        Some(Command::Run(args)) => run::command(&args),
        Some(Command::Compare(args)) => compare::command(&args),
        Some(Command::Mprof(command)) => mprof::command(&command),
        Some(Command::Check(args)) => checking::command(&args),
        Some(Command::Bless(args)) => blessing::command(&args),
        Some(Command::Build) => publish::command(),
        Some(Command::Serve(args)) => serving::command(&args),
        Some(Command::Notebooks(args)) => notebooks::command(&args),
        Some(Command::Kernel(args)) => kernel::command(&args),
        Some(Command::Install(args)) => install::command(&args),
        Some(Command::Uninstall(args)) => install::uninstall_command(&args),
        Some(Command::Preprocess(args)) => publish::preprocess_command(&args),
    };
    result.unwrap_or_else(|error| {
        let broken = |cause: &io::Error| cause.kind() == io::ErrorKind::BrokenPipe;
        // Whoever read our output has read enough.
        if !error.chain().any(|cause| cause.downcast_ref().is_some_and(broken)) {
            eprintln!("heapbook: {error:#}");
        }
        ExitCode::from(2)
    })
}
