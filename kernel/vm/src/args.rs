//! The arguments of a call, and how a builtin takes them apart with CPython's error texts (Argument Clinic's, `Python/getargs.c`).

use heap::{Obj, Str};

use crate::{PyResult, Raised, Vm};

/// The arguments of one call, borrowed from the caller: positional ones, then the values of the keywords (vectorcall, PEP 590).
#[derive(Clone, Copy)]
pub struct Args<'a> {
    all: &'a [Obj],
    /// The keywords' names, `str` objects, for the last items of `all`.
    names: &'a [Obj],
    /// The tuple that holds the positional ones, if they came in one.
    tuple: Option<&'a Obj>,
}

/// What a builtin's parameters are called and how they may be passed.
pub struct Signature {
    /// The function's name in error texts, without parentheses.
    pub name: &'static str,
    /// All parameters in order; positional-only ones are never matched by name.
    pub params: &'static [&'static str],
    /// How many of the first ones are positional-only.
    pub positional_only: usize,
    /// How many of the first ones can be given by position; those behind are keyword-only.
    pub positional: usize,
    /// How many of the first ones must be given.
    pub required: usize,
}

impl<'a> Args<'a> {
    /// No arguments.
    pub const NONE: Args<'static> = Args { all: &[], names: &[], tuple: None };

    /// Positional arguments only.
    pub fn positional(all: &'a [Obj]) -> Args<'a> {
        Args { all, names: &[], tuple: None }
    }

    /// Positional arguments, then as many keyword values as there are names.
    pub fn new(all: &'a [Obj], names: &'a [Obj]) -> Args<'a> {
        debug_assert!(names.len() <= all.len());
        Args { all, names, tuple: None }
    }

    /// The same arguments, with the tuple that holds the positional ones.
    pub fn with_tuple(self, tuple: &'a Obj) -> Args<'a> {
        Args { tuple: Some(tuple), ..self }
    }

    /// Whether the positional arguments came in a tuple, and keywords in a dict.
    pub fn in_tuple(&self) -> bool {
        self.tuple.is_some()
    }

    /// A tuple of the positional arguments: the one they came in, or a new one.
    pub fn to_tuple(self, vm: &Vm) -> Obj {
        match self.tuple {
            Some(tuple) => tuple.clone(),
            None if self.pos().is_empty() => vm.consts.empty_tuple.clone(),
            None => vm.heap.tuple(self.pos().iter().cloned()),
        }
    }

    /// The positional arguments.
    #[inline]
    pub fn pos(&self) -> &'a [Obj] {
        &self.all[..self.all.len() - self.names.len()]
    }

    /// Positional arguments and keyword values.
    pub fn all(&self) -> &'a [Obj] {
        self.all
    }

    /// The keywords' names.
    pub fn names(&self) -> &'a [Obj] {
        self.names
    }

    /// `(name, value)` of each keyword argument.
    pub fn keywords(&self) -> impl Iterator<Item = (&'a Obj, &'a Obj)> + use<'a> {
        self.names.iter().zip(&self.all[self.all.len() - self.names.len()..])
    }

    /// Whether there are keyword arguments.
    pub fn has_keywords(&self) -> bool {
        !self.names.is_empty()
    }

    /// The same call without its first positional argument.
    ///
    /// Panics if there is none.
    pub fn rest(&self) -> Args<'a> {
        assert!(!self.pos().is_empty(), "the first argument of a call that has one");
        Args { all: &self.all[1..], names: self.names, tuple: None }
    }

    /// Positional argument `i`.
    pub fn get(&self, i: usize) -> Option<&'a Obj> {
        self.pos().get(i)
    }

    /// Between `min` and `max` positional arguments and no keywords, or CPython's TypeError for `name` (`_PyArg_CheckPositional`).
    pub fn check(&self, vm: &Vm, name: &str, min: usize, max: usize) -> PyResult<&'a [Obj]> {
        if self.has_keywords() {
            return Err(vm.type_error(format!("{name}() takes no keyword arguments")));
        }
        let n = self.all.len();
        if (min..=max).contains(&n) {
            return Ok(self.all);
        }
        let (bound, how) =
            if n < min { (min, if min == max { "" } else { "at least " }) } else { (max, if min == max { "" } else { "at most " }) };
        let plural = if bound == 1 { "" } else { "s" };
        Err(vm.type_error(format!("{name} expected {how}{bound} argument{plural}, got {n}")))
    }

    /// Takes the arguments apart by `signature`: one place for each parameter (`_PyArg_UnpackKeywords`).
    ///
    /// Panics if `N` is not the number of parameters.
    pub fn bind<const N: usize>(&self, vm: &Vm, signature: &Signature) -> PyResult<[Option<&'a Obj>; N]> {
        assert_eq!(N, signature.params.len(), "one place for each parameter");
        let (name, given) = (signature.name, self.pos().len());
        let all = given + self.names.len();
        if all > N {
            return Err(too_many_in_all(vm, name, N, given, all));
        }
        if given > signature.positional {
            return Err(too_many(vm, signature, given));
        }
        if given < signature.positional_only.min(signature.required) {
            return Err(too_few(vm, signature, given));
        }
        self.fill(vm, signature)
    }

    /// The keywords of a function that takes any number of other arguments, which are not among these.
    pub fn bind_keywords<const N: usize>(&self, vm: &Vm, signature: &Signature) -> PyResult<[Option<&'a Obj>; N]> {
        Args { all: &self.all[self.pos().len()..], names: self.names, tuple: None }.fill(vm, signature)
    }

    fn fill<const N: usize>(&self, vm: &Vm, signature: &Signature) -> PyResult<[Option<&'a Obj>; N]> {
        let (name, given, params) = (signature.name, self.pos().len(), signature.params);
        let mut out = [None; N];
        for (place, value) in out.iter_mut().zip(self.pos()) {
            *place = Some(value);
        }
        let place_of = |key: &Obj| {
            let key = key.get::<Str>().map(Str::as_bytes);
            params.iter().position(|param| Some(param.as_bytes()) == key).filter(|&i| i >= signature.positional_only)
        };
        for (key, value) in self.keywords() {
            if let Some(i) = place_of(key).filter(|&i| i >= given) {
                out[i] = Some(value);
            }
        }
        if let Some(i) = (0..signature.required).find(|&i| out[i].is_none()) {
            return Err(vm.type_error(format!("{name}() missing required argument '{}' (pos {})", params[i], i + 1)));
        }
        for (key, _) in self.keywords() {
            if key.get::<Str>().is_none() {
                return Err(vm.type_error("keywords must be strings"));
            }
            match place_of(key) {
                Some(i) if i >= given => {}
                Some(i) => {
                    return Err(vm.type_error(format!("argument for {name}() given by name ('{}') and position ({})", params[i], i + 1)));
                }
                None => return Err(unexpected_keyword(vm, name, key, &params[signature.positional_only..])),
            }
        }
        Ok(out)
    }
}

/// More than there are parameters. Keywords are named as such only where nothing else was given.
pub(crate) fn too_many_in_all(vm: &Vm, name: &str, params: usize, positional: usize, given: usize) -> Raised {
    let keyword = if positional == 0 { "keyword " } else { "" };
    let plural = if params == 1 { "" } else { "s" };
    vm.type_error(format!("{name}() takes at most {params} {keyword}argument{plural} ({given} given)"))
}

fn too_many(vm: &Vm, s: &Signature, given: usize) -> Raised {
    let (name, max) = (s.name, s.positional);
    if max == 0 {
        return vm.type_error(format!("{name}() takes no positional arguments"));
    }
    let exactly = if s.required >= max { "exactly" } else { "at most" };
    let plural = if max == 1 { "" } else { "s" };
    vm.type_error(format!("{name}() takes {exactly} {max} positional argument{plural} ({given} given)"))
}

fn too_few(vm: &Vm, s: &Signature, given: usize) -> Raised {
    let (name, min) = (s.name, s.positional_only.min(s.required));
    let exactly = if min < s.positional { "at least" } else { "exactly" };
    let plural = if min == 1 { "" } else { "s" };
    vm.type_error(format!("{name}() takes {exactly} {min} positional argument{plural} ({given} given)"))
}

/// `error_unexpected_keyword_arg`: names the parameter that may have been meant.
pub(crate) fn unexpected_keyword(vm: &Vm, name: &str, key: &Obj, params: &[&str]) -> Raised {
    let (text, possible) = (vm.lossy(key), params.iter().map(|param| (*param).to_owned()).collect::<Vec<_>>());
    let hint = vm.suggestion(&text, &possible).map(|hint| format!(". Did you mean '{hint}'?")).unwrap_or_default();
    vm.type_error(format!("{name}() got an unexpected keyword argument '{text}'{hint}"))
}
