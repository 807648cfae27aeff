//! `atexit`: functions that run at the end, the last registered first (`Modules/atexitmodule.c`).

use compile::Version;
use heap::{Obj, Tuple};

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::{Args, PyResult, Vm};

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "atexit",
    functions: &[
        Method::new("register", register, Convention::Keywords).signature("($module, func, /, *args, **kwargs)").varargs(),
        Method::new("unregister", unregister, Convention::One).signature("($module, func, /)"),
        Method::new(
            "_clear",
            |vm, _, _| {
                drop(vm.state.atexit.take());
                Ok(vm.none())
            },
            Convention::NoArgs,
        )
        .signature("($module, /)"),
        Method::new(
            "_run_exitfuncs",
            |vm, _, _| {
                vm.run_atexit();
                Ok(vm.none())
            },
            Convention::NoArgs,
        )
        .signature("($module, /)"),
        Method::new("_ncallbacks", |vm, _, _| Ok(vm.int(vm.state.atexit.borrow().len() as i64)), Convention::NoArgs)
            .signature("($module, /)"),
    ],
    init: |_, _| Ok(()),
};

/// What to call at the end: a function, the tuple of its arguments, and the dict of its keywords or `None`. Since 3.14 they stand in a tuple.
pub(crate) struct AtExit(Vec<Obj>);

impl AtExit {
    fn parts(&self) -> &[Obj] {
        match &self.0[..] {
            [one] => one.get::<Tuple>().map_or(&[], Tuple::items),
            parts => parts,
        }
    }
}

fn register(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let Some(function) = args.get(0) else {
        return Err(vm.type_error("register() takes at least 1 argument (0 given)"));
    };
    if !vm.is_callable(function) {
        return Err(vm.type_error("the first argument must be callable"));
    }
    let rest = args.rest();
    let keywords = if rest.has_keywords() {
        let dict = vm.new_dict();
        rest.keywords().try_for_each(|(name, value)| vm.dict_set(&dict, name, value.clone()))?;
        dict
    } else {
        vm.none()
    };
    let parts = vec![function.clone(), vm.tuple(rest.pos().to_vec()), keywords];
    vm.state.atexit.borrow_mut().push(AtExit(if vm.version >= Version::V3_14 { vec![vm.tuple(parts)] } else { parts }));
    Ok(function.clone())
}

fn unregister(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let all = vm.state.atexit.take();
    let mut kept = Vec::new();
    for entry in all {
        if !vm.eq(&entry.parts()[0], &args.pos()[0])? {
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
            let [function, args, keywords] = entry.parts() else { unreachable!("a callback has three parts") };
            let keywords = Some(keywords).filter(|keywords| !keywords.is(&self.consts.none));
            if let Err(raised) = self.call_tuple(function, args, keywords) {
                self.print_unraisable(Some("Exception ignored in atexit callback"), Some(function), &raised.0);
            }
        }
    }
}
