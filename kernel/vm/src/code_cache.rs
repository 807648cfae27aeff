//! Compiled modules of the embedded library, kept between runs, as CPython keeps its `.pyc` files.
//!
//! Keeping is the business of whoever runs the machine: without a keeper every module is compiled when it is imported.

use std::rc::Rc;
use std::sync::OnceLock;

use compile::{Code, Version, stored};

/// Where compiled modules are kept.
pub trait Keeper: Send + Sync {
    /// What was kept under a name, unchanged.
    fn get(&self, name: &str) -> Option<Vec<u8>>;
    /// Keeps something under a name, if that can be done.
    fn put(&self, name: &str, code: &[u8]);
}

static KEEPER: OnceLock<Box<dyn Keeper>> = OnceLock::new();

/// Has the compiled modules of all machines of this process kept. Only the first keeper counts; what it kept must be this build's.
pub fn keep_compiled(keeper: Box<dyn Keeper>) {
    let _ = KEEPER.set(keeper);
}

fn name_of(module: &str, version: Version) -> String {
    let (major, minor, _) = version.release();
    format!("{module}-{major}.{minor}")
}

/// The code of a module, if it was kept.
pub(crate) fn kept(module: &str, version: Version) -> Option<Rc<Code>> {
    stored::from_bytes(&KEEPER.get()?.get(&name_of(module, version))?)
}

/// Keeps the code of a module.
pub(crate) fn keep(module: &str, version: Version, code: &Code) {
    if let Some(keeper) = KEEPER.get() {
        keeper.put(&name_of(module, version), &stored::to_bytes(code));
    }
}
