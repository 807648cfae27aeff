//! `function`: code with its globals, defaults and closure (`Objects/funcobject.c`).

use std::cell::Cell;

use compile::code::CO_HAS_DOCSTRING;
use heap::{Label, LabelledVisit, Obj, Payload, Slot, Str, Trash, Tuple};

use crate::class::{ClassSpec, GetSet, flags};
use crate::objects::code::CodeObject;
use crate::{Args, PyResult, Signature, Vm, kinds};

/// The payload of a function.
#[derive(Default)]
pub struct Function {
    /// `__code__`.
    pub code: Slot,
    /// `__globals__`.
    pub globals: Slot,
    /// `__builtins__`.
    pub builtins: Slot,
    /// `__module__`.
    pub module: Slot,
    /// `__defaults__`, a `tuple`, or empty.
    pub defaults: Slot,
    /// `__kwdefaults__`, a `dict`, or empty.
    pub kwdefaults: Slot,
    /// `__doc__`.
    pub doc: Slot,
    /// `__name__`.
    pub name: Slot,
    /// `__dict__`, once it has come into being.
    pub dict: Slot,
    /// `__closure__`, a `tuple` of cells, or empty.
    pub closure: Slot,
    /// `__annotations__`: a dict, or up to 3.13 the tuple it is made from; or empty.
    pub annotations: Slot,
    /// `__annotate__`, or empty.
    pub annotate: Slot,
    /// `__type_params__`, or empty.
    pub type_params: Slot,
    /// `__qualname__`.
    pub qualname: Slot,
    /// Changes with code and defaults; calls that remember the function compare it. 0: none given.
    pub(crate) version: Cell<u32>,
}

impl Payload for Function {
    const KIND: heap::Kind = kinds::FUNCTION;

    const SLOTS: &'static [heap::Place] = heap::slots!(
        Function; code, globals, builtins, module, defaults, kwdefaults, doc, name, dict, closure, annotations, annotate, type_params, qualname
    );
    const RELEASED: &'static [heap::Place] = heap::slots!(
        Function; globals, builtins, module, defaults, kwdefaults, doc, dict, closure, annotations, annotate, type_params, code, name, qualname
    );

    fn holds(&self, visit: LabelledVisit<'_>) {
        let slots = [
            ("__code__", &self.code),
            ("__globals__", &self.globals),
            ("__builtins__", &self.builtins),
            ("__module__", &self.module),
            ("__defaults__", &self.defaults),
            ("__kwdefaults__", &self.kwdefaults),
            ("__doc__", &self.doc),
            ("__name__", &self.name),
            ("__dict__", &self.dict),
            ("__closure__", &self.closure),
            ("__annotations__", &self.annotations),
            ("__annotate__", &self.annotate),
            ("__type_params__", &self.type_params),
            ("__qualname__", &self.qualname),
        ];
        slots.into_iter().for_each(|(name, slot)| slot.get().iter().for_each(|held| visit(Label::Field(name), held)));
    }

    /// `func_clear`: everything but code, name and qualified name.
    fn clear(&self, trash: &mut Trash<'_>) {
        self.version.set(0);
        let slots = [
            &self.globals,
            &self.builtins,
            &self.module,
            &self.defaults,
            &self.kwdefaults,
            &self.doc,
            &self.dict,
            &self.closure,
            &self.annotations,
            &self.annotate,
            &self.type_params,
        ];
        slots.into_iter().for_each(|slot| trash.take(slot));
    }
}

/// The payload of a function.
///
/// Panics if it is something else.
fn function(obj: &Obj) -> &Function {
    obj.get::<Function>().expect("a function has the payload of one")
}

impl Vm {
    /// A new function (`PyFunction_NewWithQualName`).
    pub fn new_function(&self, code: Obj, globals: &Obj) -> PyResult {
        let payload = self.code(&code);
        // Up to 3.13 no flag tells: a first constant that is a text is the docstring.
        let doc = if payload.has_flag(CO_HAS_DOCSTRING) || self.version <= compile::Version::V3_13 {
            payload.consts.get::<Tuple>().and_then(|consts| consts.items().first().cloned())
        } else {
            None
        };
        let doc = doc.filter(|doc| doc.get::<Str>().is_some()).unwrap_or_else(|| self.none());
        let module = self.dict_get_name(globals, &self.names.__name__);
        let builtins = self.builtins_of(globals);
        let function = Function {
            name: payload.name.clone().into(),
            qualname: payload.qualname.clone().into(),
            globals: globals.clone().into(),
            builtins: builtins.into(),
            module: module.into(),
            doc: doc.into(),
            code: code.into(),
            ..Function::default()
        };
        Ok(self.heap.alloc(function).tracked())
    }

    /// `_PyEval_BuiltinsFromGlobals`: the dict of builtin names that code with these globals sees.
    pub(crate) fn builtins_of(&self, globals: &Obj) -> Obj {
        let found = self.dict_get_name(globals, &self.names.__builtins__);
        match found {
            Some(module) if module.kind() == kinds::MODULE => self.module_dict(&module),
            Some(dict) => dict,
            None => match self.thread.visible() {
                Some(frame) => (*frame.builtins).clone(),
                None => self.builtins.get().unwrap_or_else(|| self.dict()),
            },
        }
    }

    /// A function's `__dict__`, made if need be.
    fn function_dict(&self, obj: &Obj) -> Obj {
        let slot = &function(obj).dict;
        slot.get().unwrap_or_else(|| {
            let made = self.dict();
            slot.set(made.clone());
            made
        })
    }
}

fn or_none(vm: &Vm, slot: &Slot) -> Obj {
    slot.get().unwrap_or_else(|| vm.none())
}

fn set_text(vm: &Vm, slot: &Slot, name: &str, value: Option<&Obj>) -> PyResult<()> {
    match value.filter(|value| value.get::<Str>().is_some()) {
        Some(value) => slot.set(value.clone()),
        None => return Err(vm.type_error(format!("{name} must be set to a string object"))),
    }
    Ok(())
}

fn set_code(vm: &Vm, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value.filter(|value| value.get::<CodeObject>().is_some()) else {
        return Err(vm.type_error("__code__ must be set to a code object"));
    };
    let function = function(obj);
    let free = vm.code(value).code.nfreevars as usize;
    let closure = function.closure.get().and_then(|closure| closure.get::<Tuple>().map(Tuple::len)).unwrap_or(0);
    if free != closure {
        let name = or_none(vm, &function.name);
        return Err(vm.value_error(format!("{}() requires a code object with {closure} free vars, not {free}", vm.lossy(&name))));
    }
    function.version.set(0);
    function.code.set(value.clone());
    Ok(())
}

fn set_defaults(vm: &Vm, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let value = value.filter(|value| !value.is(&vm.consts.none));
    if value.is_some_and(|value| value.get::<Tuple>().is_none()) {
        return Err(vm.type_error("__defaults__ must be set to a tuple object"));
    }
    function(obj).version.set(0);
    drop(function(obj).defaults.replace(value.cloned()));
    Ok(())
}

fn set_kwdefaults(vm: &Vm, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let value = value.filter(|value| !value.is(&vm.consts.none));
    if value.is_some_and(|value| value.kind() != heap::Kind::DICT) {
        return Err(vm.type_error("__kwdefaults__ must be set to a dict object"));
    }
    function(obj).version.set(0);
    drop(function(obj).kwdefaults.replace(value.cloned()));
    Ok(())
}

fn annotations(vm: &Vm, obj: &Obj) -> PyResult {
    let function = function(obj);
    let held = function.annotations.get();
    if let Some(held) = &held {
        let Some(pairs) = held.get::<Tuple>() else { return Ok(held.clone()) };
        let dict = vm.dict();
        for pair in pairs.items().chunks(2) {
            vm.dict_set(&dict, &pair[0], pair[1].clone())?;
        }
        function.annotations.set(dict.clone());
        return Ok(dict);
    }
    let dict = match function.annotate.get().filter(|annotate| !annotate.is(&vm.consts.none)) {
        Some(annotate) => {
            let made = vm.call(&annotate, &[vm.int(1)])?;
            if made.kind() != heap::Kind::DICT {
                return Err(vm.type_error(format!("__annotate__() must return a dict, not {}", vm.type_name(&made))));
            }
            made
        }
        None => vm.dict(),
    };
    function.annotations.set(dict.clone());
    Ok(dict)
}

fn set_annotations(vm: &Vm, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let value = value.filter(|value| !value.is(&vm.consts.none));
    if value.is_some_and(|value| value.kind() != heap::Kind::DICT) {
        return Err(vm.type_error("__annotations__ must be set to a dict object"));
    }
    drop(function(obj).annotations.replace(value.cloned()));
    drop(function(obj).annotate.take());
    Ok(())
}

fn set_annotate(vm: &Vm, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("__annotate__ cannot be deleted")) };
    let function = function(obj);
    if value.is(&vm.consts.none) {
        function.annotate.set(value.clone());
    } else if vm.is_callable(value) {
        function.annotate.set(value.clone());
        drop(function.annotations.take());
    } else {
        return Err(vm.type_error("__annotate__ must be callable or None"));
    }
    Ok(())
}

fn type_params(vm: &Vm, obj: &Obj) -> PyResult {
    Ok(function(obj).type_params.get().unwrap_or_else(|| vm.consts.empty_tuple.clone()))
}

fn set_type_params(vm: &Vm, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match value.filter(|value| value.get::<Tuple>().is_some()) {
        Some(value) => function(obj).type_params.set(value.clone()),
        None => return Err(vm.type_error("__type_params__ must be set to a tuple")),
    }
    Ok(())
}

fn set_dict(vm: &Vm, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match value {
        None => Err(vm.type_error("cannot delete __dict__")),
        Some(value) if value.kind() != heap::Kind::DICT => {
            Err(vm.type_error(format!("__dict__ must be set to a dictionary, not a '{}'", vm.type_name(value))))
        }
        Some(value) => {
            function(obj).dict.set(value.clone());
            Ok(())
        }
    }
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    let name = or_none(vm, &function(obj).qualname);
    Ok(vm.str(&format!("<function {} at {:#x}>", vm.lossy(&name), obj.id())))
}

fn descr_get(vm: &Vm, obj: &Obj, instance: Option<&Obj>, _owner: Option<&Obj>) -> PyResult {
    match instance.filter(|instance| !instance.is(&vm.consts.none)) {
        Some(instance) => Ok(vm.new_method(obj.clone(), instance.clone())),
        None => Ok(obj.clone()),
    }
}

fn new(vm: &Vm, _class: &Obj, args: Args<'_>) -> PyResult {
    let signature = Signature {
        name: "function",
        params: &["code", "globals", "name", "argdefs", "closure", "kwdefaults"],
        positional_only: 0,
        positional: 6,
        required: 2,
    };
    let [code, globals, name, defaults, closure, kwdefaults] = args.bind::<6>(vm, &signature)?;
    let (Some(code), Some(globals)) = (code, globals) else { unreachable!("both are required") };
    if code.get::<CodeObject>().is_none() {
        return Err(vm.type_error(format!("function() argument 'code' must be code, not {}", vm.type_name(code))));
    }
    if globals.kind() != heap::Kind::DICT {
        return Err(vm.type_error(format!("function() argument 'globals' must be dict, not {}", vm.type_name(globals))));
    }
    let given = |arg: Option<&Obj>| arg.filter(|arg| !arg.is(&vm.consts.none)).cloned();
    let (name, defaults, closure, kwdefaults) = (given(name), given(defaults), given(closure), given(kwdefaults));
    if name.as_ref().is_some_and(|name| name.get::<Str>().is_none()) {
        return Err(vm.type_error("arg 3 (name) must be None or string"));
    }
    if defaults.as_ref().is_some_and(|defaults| defaults.get::<Tuple>().is_none()) {
        return Err(vm.type_error("arg 4 (defaults) must be None or tuple"));
    }
    if kwdefaults.as_ref().is_some_and(|kwdefaults| kwdefaults.get::<heap::Dict>().is_none()) {
        return Err(vm.type_error("arg 6 (kwdefaults) must be None or dict"));
    }
    let free = vm.code(code).code.nfreevars as usize;
    let cells = closure.as_ref().map(|closure| closure.get::<Tuple>().map(Tuple::len));
    match cells {
        Some(None) if free > 0 => return Err(vm.type_error("arg 5 (closure) must be tuple")),
        Some(None) => return Err(vm.type_error("arg 5 (closure) must be None or tuple")),
        None if free > 0 => return Err(vm.type_error("arg 5 (closure) must be tuple")),
        _ => {}
    }
    if cells.flatten().unwrap_or(0) != free {
        let name = vm.code(code).name.clone();
        return Err(vm.value_error(format!("{} requires closure of length {free}, not {}", vm.lossy(&name), cells.flatten().unwrap_or(0))));
    }
    if let Some(closure) = closure.as_ref().and_then(|closure| closure.get::<Tuple>())
        && let Some(other) = closure.items().iter().find(|cell| cell.kind() != heap::Kind::CELL)
    {
        return Err(vm.type_error(format!("arg 5 (closure) expected cell, found {}", vm.type_name(other))));
    }
    let made = vm.new_function(code.clone(), globals)?;
    let function = function(&made);
    if let Some(name) = name {
        function.name.set(name);
    }
    drop(function.defaults.replace(defaults));
    drop(function.closure.replace(closure.filter(|_| free > 0)));
    drop(function.kwdefaults.replace(kwdefaults));
    Ok(made)
}

/// `function`.
pub static FUNCTION: ClassSpec = ClassSpec {
    name: "function",
    base: Some(&crate::objects::object::OBJECT),
    kind: kinds::FUNCTION,
    flags: flags::HAVE_GC | flags::METHOD_DESCRIPTOR | flags::HAVE_VECTORCALL,
    slots: |slots| {
        slots.new.set(Some(new));
        slots.repr.set(Some(repr));
        slots.descr_get.set(Some(descr_get));
        slots.call.set(Some(|vm, function, args| vm.call_args(function, args)));
    },
    methods: &[],
    getset: &[
        GetSet::member("__closure__", |vm, f| Ok(or_none(vm, &function(f).closure))),
        GetSet {
            name: "__doc__",
            get: |vm, f| Ok(or_none(vm, &function(f).doc)),
            set: Some(|_, f, value| {
                drop(function(f).doc.replace(value.cloned()));
                Ok(())
            }),
            member: true,
            doc: "",
        },
        GetSet::member("__globals__", |vm, f| Ok(or_none(vm, &function(f).globals))),
        GetSet {
            name: "__module__",
            get: |vm, f| Ok(or_none(vm, &function(f).module)),
            set: Some(|_, f, value| {
                drop(function(f).module.replace(value.cloned()));
                Ok(())
            }),
            member: true,
            doc: "",
        },
        GetSet::member("__builtins__", |vm, f| Ok(or_none(vm, &function(f).builtins))),
        GetSet::with_set("__code__", |vm, f| Ok(or_none(vm, &function(f).code)), set_code),
        GetSet::with_set("__defaults__", |vm, f| Ok(or_none(vm, &function(f).defaults)), set_defaults),
        GetSet::with_set("__kwdefaults__", |vm, f| Ok(or_none(vm, &function(f).kwdefaults)), set_kwdefaults),
        GetSet::with_set("__annotations__", annotations, set_annotations),
        GetSet::with_set("__annotate__", |vm, f| Ok(or_none(vm, &function(f).annotate)), set_annotate),
        GetSet::with_set("__dict__", |vm, f| Ok(vm.function_dict(f)), set_dict),
        GetSet::with_set("__name__", |vm, f| Ok(or_none(vm, &function(f).name)), |vm, f, v| set_text(vm, &function(f).name, "__name__", v)),
        GetSet::with_set(
            "__qualname__",
            |vm, f| Ok(or_none(vm, &function(f).qualname)),
            |vm, f, v| set_text(vm, &function(f).qualname, "__qualname__", v),
        ),
        GetSet::with_set("__type_params__", type_params, set_type_params),
    ],
    basicsize: 152,
    itemsize: 0,
    doc: "function(code, globals, name=None, argdefs=None, closure=None,\n         kwdefaults=None)\n--\n\n",
};
