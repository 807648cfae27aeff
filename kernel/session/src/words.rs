//! What the machine's objects are called in pictures. No code of the program runs for it.

use std::collections::HashMap;

use heap::{Label, Obj};
use picture::{Counts, Root, Words};
use vm::objects::function::Function;
use vm::{Class, Vm, flags};

/// More of a repr than any card shows.
const ROOM: usize = 100;

/// What the machine calls its objects.
pub(crate) struct Names<'a> {
    vm: &'a Vm,
    /// Dicts that are namespaces, by id: of `__main__` an empty text, of another module its name.
    namespaces: HashMap<u64, String>,
    /// `Out`.
    values: u64,
}

impl Names<'_> {
    pub(crate) fn of<'a>(vm: &'a Vm, main: &Obj, values: u64) -> Names<'a> {
        let modules = vm.modules.get().map(|modules| vm.dict_items(&modules)).unwrap_or_default();
        let modules = modules.into_iter().filter(|(_, module)| is_module(vm, module));
        let mut namespaces: HashMap<u64, String> = modules.map(|(name, module)| (vm.module_dict(&module).id(), vm.lossy(&name))).collect();
        namespaces.insert(main.id(), String::new());
        Names { vm, namespaces, values }
    }

    /// Whether a dict is a module's.
    pub(crate) fn is_namespace(&self, id: u64) -> bool {
        self.namespaces.contains_key(&id)
    }

    /// The names of all other modules, as roots.
    pub(crate) fn modules(&self) -> Vec<Root> {
        let modules = self.vm.modules.get().map(|modules| self.vm.dict_items(&modules)).unwrap_or_default();
        let mut roots = Vec::new();
        for (_, module) in modules.iter().filter(|(_, module)| is_module(self.vm, module)) {
            let dict = self.vm.module_dict(module);
            let Some(name) = self.namespaces.get(&dict.id()).filter(|name| !name.is_empty()) else { continue };
            roots.extend(self.vm.dict_items(&dict).into_iter().map(|(key, value)| Root {
                group: format!("module {name}"),
                name: self.vm.lossy(&key),
                id: value.id(),
                counts: Counts::InHeap,
            }));
        }
        roots
    }
}

fn is_module(vm: &Vm, obj: &Obj) -> bool {
    vm.is_kind_of(obj, &vm.types.module)
}

/// The key of a label such as `['name']`.
fn key_of(label: &str) -> &str {
    label.strip_prefix("['").and_then(|label| label.strip_suffix("']")).unwrap_or(label)
}

impl Words for Names<'_> {
    fn class(&self, obj: &Obj) -> String {
        // The name alone, without its module, and without blanks, which would end it in the text.
        let name = self.vm.type_name(obj);
        name.rsplit('.').next().unwrap_or(&name).replace(' ', "_")
    }

    fn title(&self, obj: &Obj) -> String {
        if let Some(function) = obj.get::<Function>() {
            return function
                .qualname
                .get()
                .map(|name| self.vm.lossy(&name).rsplit(".<locals>.").next().map(picture::shortened).unwrap_or_default())
                .unwrap_or_default();
        }
        self.chip(obj).and_then(|chip| chip.split_once(' ').map(|(_, name)| name.to_owned())).unwrap_or_default()
    }

    fn plain(&self, obj: &Obj) -> Option<String> {
        if let Some(plain) = picture::plain(obj).filter(|_| obj.extra().is_none()) {
            return Some(plain);
        }
        let vm = self.vm;
        let is_builtin = obj.get::<Class>().is_none() && !vm.class(&vm.class_of(obj)).has(flags::HEAP_TYPE);
        let is_code = vm.type_name(obj) == "code";
        (is_builtin && !is_code && (obj.is_leaf() || obj.is_immortal()))
            .then(|| picture::shortened(&vm.repr_start(obj, ROOM).unwrap_or_default()))
    }

    fn chip(&self, obj: &Obj) -> Option<String> {
        let vm = self.vm;
        if let Some(module) = self.namespaces.get(&obj.id()) {
            return Some(format!("names of {}", if module.is_empty() { "__main__" } else { module }));
        }
        if obj.get::<Class>().is_some() {
            return Some(format!("class {}", vm.class_name(obj)));
        }
        if is_module(vm, obj) {
            return Some(format!("module {}", vm.module_name(obj).unwrap_or_default()));
        }
        if let Some(function) = obj.get::<Function>() {
            let holds = [&function.closure, &function.defaults, &function.kwdefaults, &function.dict];
            let is_simple = holds.into_iter().all(heap::Slot::is_empty);
            return is_simple.then(|| format!("function {}", self.title(obj)));
        }
        match vm.type_name(obj).as_str() {
            "code" => Some("code".into()),
            "builtin_function_or_method" => {
                let mut bound = false;
                vm.heap.each_held(obj, &mut |_, held| bound |= !held.is_leaf() && !is_module(vm, held));
                (!bound).then(|| "builtin".into())
            }
            "method_descriptor" | "wrapper_descriptor" | "getset_descriptor" | "member_descriptor" | "slot wrapper" => {
                Some("descriptor".into())
            }
            _ => None,
        }
    }

    fn label(&self, holder: &Obj, label: Label, key: Option<&Obj>) -> Option<String> {
        let vm = self.vm;
        match label {
            Label::Attribute(i) => {
                let name = vm.class(&vm.class_of(holder)).key_name(i).map(|name| vm.lossy(&name));
                Some(format!(".{}", name.unwrap_or_default()))
            }
            Label::Slot(i) => {
                let name = vm.slot_name(&vm.class_of(holder), i).map(|name| vm.lossy(&name));
                Some(name.map_or_else(|| picture::label(label, None), |name| format!(".{name}")))
            }
            Label::Value(_) => {
                let key = key.map_or("…".into(), |key| self.plain(key).unwrap_or_else(|| format!("a {}", self.class(key))));
                Some(format!("[{key}]"))
            }
            Label::Local(i) => Some(vm.local_name(holder, i).map_or_else(|| "the stack".into(), |name| format!(".{name}"))),
            Label::Class => None,
            Label::Field(
                "f_func" | "__globals__" | "__builtins__" | "__code__" | "__name__" | "__qualname__" | "__module__" | "__doc__",
            ) => None,
            Label::Field(field) => {
                let name = match (vm.type_name(holder).as_str(), field) {
                    ("method", "func") => "__func__",
                    ("traceback", "next") => "tb_next",
                    ("traceback", "frame") => "tb_frame",
                    ("functools.partial", "function") => "func",
                    ("getset_descriptor" | "member_descriptor" | "method_descriptor" | "wrapper_descriptor", "class") => "__objclass__",
                    (_, "self_") => "__self__",
                    (_, "cause") => "__cause__",
                    (_, "context") => "__context__",
                    (_, "traceback") => "__traceback__",
                    (_, field) => field.trim_end_matches(|c| c == '_' && !field.starts_with('_')),
                };
                Some(format!(".{name}"))
            }
            label => Some(picture::label(label, None)),
        }
    }

    fn outside(&self, holder: &Obj, label: &str) -> String {
        if holder.id() == self.values {
            return format!("Out{label}");
        }
        match self.namespaces.get(&holder.id()) {
            Some(module) if module.is_empty() => key_of(label).into(),
            Some(module) => format!("{module}.{}", key_of(label)),
            None => format!("{label} of {}", self.chip(holder).unwrap_or_else(|| format!("a {}", self.class(holder)))),
        }
    }
}
