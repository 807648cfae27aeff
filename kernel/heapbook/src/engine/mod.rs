//! What runs the cells of a check: our own machine, a plain CPython, or a Jupyter kernel.

mod cpython;
mod evcxr;
mod folder;
mod kernel;
mod own;

pub(crate) use evcxr::INSTALL as INSTALL_RUST;
pub(crate) use folder::Folder;

use crate::cli::EngineArgs;
use crate::project::Project;
use anyhow::Result;
use chapter::Engine;
use std::time::Duration;

/// The engine that the command line asks for.
pub(crate) fn choose(args: &EngineArgs, project: &Project) -> Result<Box<dyn Engine>> {
    let limit = Duration::from_secs(args.limit);
    let python: Box<dyn Engine> = match &args.kernel {
        Some(name) => Box::new(kernel::Kernel::new(name, limit)?),
        None if !args.cpython.is_empty() => Box::new(cpython::Cpython::new(&args.cpython, limit)?),
        None => Box::new(own::Own),
    };
    Ok(match args.rust {
        true => Box::new(evcxr::WithRust::new(python, &project.root, limit)),
        false => python,
    })
}

/// Whether there is no Rust kernel that `--rust` could start.
pub(crate) fn lacks_rust() -> bool {
    Project::here().is_ok_and(|project| evcxr::find(&project.root).is_none())
}
