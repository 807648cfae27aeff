//! Calls: any callable from native code, and the binding of arguments to parameters.

use heap::Obj;

use crate::{Args, PyResult, Vm};

impl Vm {
    /// Calls a callable with positional arguments.
    pub fn call(&self, callable: &Obj, args: &[Obj]) -> PyResult {
        self.call_args(callable, Args::positional(args))
    }

    /// Calls a callable.
    pub fn call_args(&self, callable: &Obj, args: Args<'_>) -> PyResult {
        let _ = (callable, args);
        todo!()
    }

    /// Calls a callable with positional and keyword arguments.
    pub fn call_kw(&self, callable: &Obj, args: &[Obj], keywords: &[(&str, Obj)]) -> PyResult {
        let mut all = args.to_vec();
        all.extend(keywords.iter().map(|(_, value)| value.clone()));
        let names: Vec<Obj> = keywords.iter().map(|(name, _)| self.intern(name)).collect();
        self.call_args(callable, Args::new(&all, &names))
    }

    /// Calls a method by name, without making a bound method.
    pub fn call_method(&self, obj: &Obj, name: &str, args: &[Obj]) -> PyResult {
        let _ = (obj, name, args);
        todo!()
    }

    /// Whether an object can be called (`callable`).
    pub fn is_callable(&self, obj: &Obj) -> bool {
        self.class(&self.class_of(obj)).slots.call.get().is_some()
    }
}
