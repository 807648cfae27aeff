//! `module` (`Objects/moduleobject.c`).

use heap::{Dict, Obj, Slot, Str};

use crate::args::{Args, Signature};
use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::{PyResult, Vm, kinds};

/// The payload of a `module`.
#[derive(Default)]
pub struct Module {
    /// `__dict__`.
    pub dict: Slot,
}

crate::payload!(Module, kinds::MODULE, { dict });

impl Vm {
    /// A new module of this name, with the attributes that every module has (`PyModule_New`).
    pub fn new_module(&self, name: &str) -> Obj {
        let module = self.heap.alloc(Module { dict: self.new_dict().into() }).tracked();
        self.fill_module(&self.module_dict(&module), self.intern(name), None);
        module
    }

    /// A module's dict.
    ///
    /// Panics if it is no module.
    pub fn module_dict(&self, module: &Obj) -> Obj {
        let payload = module.get::<Module>().expect("a module has the payload of one");
        if payload.dict.is_empty() {
            payload.dict.set(self.new_dict());
        }
        payload.dict.get().expect("a module has its dict")
    }

    /// `module_init_dict`.
    fn fill_module(&self, dict: &Obj, name: Obj, doc: Option<Obj>) {
        let names = &self.names;
        let dict_payload = dict.get::<Dict>().expect("a module's dict is a dict");
        for (key, value) in [
            (&names.__name__, name),
            (&names.__doc__, doc.unwrap_or_else(|| self.none())),
            (&names.__package__, self.none()),
            (&names.__loader__, self.none()),
            (&names.__spec__, self.none()),
        ] {
            drop(dict_payload.set_str_key(key, value));
        }
    }

    /// A module's name for messages and `repr`.
    pub fn module_name(&self, module: &Obj) -> Option<String> {
        let name = self.module_dict(module).get::<Dict>()?.get_str_key(&self.names.__name__)?;
        name.get::<Str>().map(|_| self.lossy(&name))
    }
}

fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    let signature = Signature { name: "module", params: &["name", "doc"], positional_only: 0, positional: 2, required: 1 };
    let [name, doc] = args.bind::<2>(vm, &signature)?;
    let name = name.expect("the name is required");
    if name.get::<Str>().is_none() {
        return Err(vm.type_error(format!("module() argument 'name' must be str, not {}", vm.type_name(name))));
    }
    vm.fill_module(&vm.module_dict(this), name.clone(), doc.cloned());
    Ok(())
}

/// A module may have a function `__getattr__` (PEP 562).
fn getattro(vm: &Vm, this: &Obj, name: &Obj) -> PyResult {
    if let Some(found) = vm.generic_getattr_opt(this, name)? {
        return Ok(if found.is(&vm.consts.none) && name.is(&vm.names.__doc__) { vm.module_doc(this) } else { found });
    }
    let dict = vm.module_dict(this);
    let dict = dict.get::<Dict>().expect("a module's dict is a dict");
    if let Some(hook) = dict.get_str_key(&vm.names.__getattr__) {
        return vm.call(&hook, std::slice::from_ref(name));
    }
    let wanted = vm.lossy(name);
    let text = match vm.module_name(this) {
        Some(module) if vm.is_initializing(dict) => {
            format!("partially initialized module '{module}' has no attribute '{wanted}' (most likely due to a circular import)")
        }
        Some(module) => format!("module '{module}' has no attribute '{wanted}'"),
        None => format!("module has no attribute '{wanted}'"),
    };
    Err(vm.attribute_error_with(text, this, name))
}

impl Vm {
    /// `__spec__._initializing`.
    fn is_initializing(&self, dict: &Dict) -> bool {
        let Some(spec) = dict.get_str_key(&self.names.__spec__).filter(|spec| !spec.is(&self.consts.none)) else { return false };
        match self.getattr_opt_str(&spec, "_initializing") {
            Ok(Some(answer)) => self.is_true(&answer).unwrap_or(false),
            _ => false,
        }
    }
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let dict = vm.module_dict(this);
    let dict = dict.get::<Dict>().expect("a module's dict is a dict");
    let name = match dict.get_str_key(&vm.names.__name__) {
        Some(name) => vm.repr_text(&name)?,
        None => "'?'".to_owned(),
    };
    let file = dict.get_str_key(&vm.names.__file__).filter(|file| file.get::<Str>().is_some());
    if let Some(file) = file {
        return Ok(vm.str(&format!("<module {name} from {}>", vm.repr_text(&file)?)));
    }
    let spec = dict.get_str_key(&vm.names.__spec__).filter(|spec| !spec.is(&vm.consts.none));
    if let Some(spec) = spec {
        let has_location = match vm.getattr_opt_str(&spec, "has_location")? {
            Some(answer) => vm.is_true(&answer)?,
            None => false,
        };
        if let Some(origin) = vm.getattr_opt_str(&spec, "origin")?.filter(|origin| !origin.is(&vm.consts.none)) {
            let origin = if has_location { format!("from {}", vm.repr_text(&origin)?) } else { format!("({})", vm.text_of(&origin)?) };
            return Ok(vm.str(&format!("<module {name} {origin}>")));
        }
    }
    // The machine's own modules have no spec.
    if dict.get_str_key(&vm.names.__name__).is_some_and(|name| crate::modules::names().contains(&&*vm.lossy(&name))) {
        return Ok(vm.str(&format!("<module {name} (built-in)>")));
    }
    let loader = dict.get_str_key(&vm.names.__loader__).filter(|loader| !loader.is(&vm.consts.none));
    Ok(vm.str(&match loader {
        Some(loader) => format!("<module {name} ({})>", vm.repr_text(&loader)?),
        None => format!("<module {name}>"),
    }))
}

fn dir(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let dict = vm.getattr(this, &vm.names.__dict__)?;
    if let Some(hook) = dict.get::<Dict>().and_then(|dict| dict.get_str_key(&vm.intern("__dir__"))) {
        return vm.call(&hook, &[]);
    }
    Ok(vm.list(vm.to_vec(&dict)?))
}

fn annotations(vm: &Vm, this: &Obj) -> PyResult {
    let dict = vm.module_dict(this);
    let payload = dict.get::<Dict>().expect("a module's dict is a dict");
    if let Some(found) = payload.get_str_key(&vm.names.__annotations__) {
        return Ok(found);
    }
    let made = match payload.get_str_key(&vm.names.__annotate__).filter(|annotate| vm.is_callable(annotate)) {
        Some(annotate) => vm.call(&annotate, &[vm.int(1)])?,
        None => vm.new_dict(),
    };
    drop(payload.set_str_key(&vm.names.__annotations__, made.clone()));
    Ok(made)
}

fn set_annotations(vm: &Vm, this: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let dict = vm.module_dict(this);
    let payload = dict.get::<Dict>().expect("a module's dict is a dict");
    match value {
        Some(value) => drop(payload.set_str_key(&vm.names.__annotations__, value.clone())),
        None if payload.remove_str_key(&vm.names.__annotations__).is_none() => return Err(vm.attribute_error_text("__annotations__")),
        None => {}
    }
    drop(payload.remove_str_key(&vm.names.__annotate__));
    Ok(())
}

/// `module`.
pub static MODULE: ClassSpec = ClassSpec {
    name: "module",
    base: Some(&super::object::OBJECT),
    kind: kinds::MODULE,
    flags: flags::CONTAINER,
    slots: |slots| {
        slots.new.set(Some(|vm, class, _| Ok(vm.new_object(class, Module { dict: vm.new_dict().into() }))));
        slots.init.set(Some(init));
        slots.getattro.set(Some(getattro));
        slots.repr.set(Some(repr));
    },
    methods: &[Method::new("__dir__", dir, Convention::NoArgs).signature("($self, /)")],
    getset: &[
        GetSet::member("__dict__", |vm, this| Ok(vm.module_dict(this))),
        GetSet::with_set("__annotations__", annotations, set_annotations),
    ],
    basicsize: 56,
    itemsize: 0,
    doc: "module(name, doc=None)\n--\n\n",
};
