//! `atexit`: functions that run at the end, the last registered first (`Modules/atexitmodule.c`).

use heap::Obj;

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::{Args, PyResult, Vm};

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "atexit",
    functions: &[
        Method::new("register", register, Convention::Keywords),
        Method::new("unregister", unregister, Convention::One),
        Method::new(
            "_clear",
            |vm, _, _| {
                drop(vm.state.atexit.take());
                Ok(vm.none())
            },
            Convention::NoArgs,
        ),
        Method::new(
            "_run_exitfuncs",
            |vm, _, _| {
                vm.run_atexit();
                Ok(vm.none())
            },
            Convention::NoArgs,
        ),
        Method::new("_ncallbacks", |vm, _, _| Ok(vm.int(vm.state.atexit.borrow().len() as i64)), Convention::NoArgs),
    ],
    init: |_, _| Ok(()),
};

/// A function to call at the end, with its arguments.
pub(crate) struct AtExit {
    function: Obj,
    args: Vec<Obj>,
    names: Vec<Obj>,
}

fn register(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let Some(function) = args.get(0) else {
        return Err(vm.type_error("register() takes at least 1 argument (0 given)"));
    };
    if !vm.is_callable(function) {
        return Err(vm.type_error("the first argument must be callable"));
    }
    let rest = args.rest();
    vm.state.atexit.borrow_mut().push(AtExit { function: function.clone(), args: rest.all().to_vec(), names: rest.names().to_vec() });
    Ok(function.clone())
}

fn unregister(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let all = vm.state.atexit.take();
    let mut kept = Vec::new();
    for entry in all {
        if !vm.eq(&entry.function, &args.pos()[0])? {
            kept.push(entry);
        }
    }
    drop(vm.state.atexit.replace(kept));
    Ok(vm.none())
}

impl Vm {
    /// Calls what was registered, the newest first. An exception is reported, and the rest still run.
    pub fn run_atexit(&self) {
        loop {
            let Some(entry) = self.state.atexit.borrow_mut().pop() else { break };
            if let Err(raised) = self.call_args(&entry.function, Args::new(&entry.args, &entry.names)) {
                self.print_unraisable(Some("Exception ignored in atexit callback"), Some(&entry.function), &raised.0);
            }
        }
    }
}
