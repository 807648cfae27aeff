//! Pictures of a session's heap: which references are its roots, and what its objects are called. No code of the program runs for them.

use std::collections::HashMap;

use heap::{Label, Obj, Str};
use picture::{Choice, Counts, Picture, Request, Root, View, Words};
use vm::objects::function::Function;
use vm::{Class, Vm, flags};

use crate::{Session, inspect};

/// What the machine calls its objects.
pub(crate) struct Names<'a> {
    vm: &'a Vm,
    /// Dicts that are namespaces, by id: of `__main__` an empty text, of another module its name.
    namespaces: HashMap<u64, String>,
    /// `Out`.
    values: u64,
}

impl Names<'_> {
    fn of<'a>(vm: &'a Vm, main: &Obj, values: &Obj) -> Names<'a> {
        let modules = vm.modules.get().map(|modules| vm.dict_items(&modules)).unwrap_or_default();
        let modules = modules.into_iter().filter(|(_, module)| is_module(vm, module));
        let mut namespaces: HashMap<u64, String> = modules.map(|(name, module)| (vm.module_dict(&module).id(), vm.lossy(&name))).collect();
        namespaces.insert(main.id(), String::new());
        Names { vm, namespaces, values: values.id() }
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
        // A name with blanks would not be one.
        self.vm.type_name(obj).replace(' ', "_")
    }

    fn title(&self, obj: &Obj) -> String {
        if let Some(function) = obj.get::<Function>() {
            return function
                .qualname
                .get()
                .map(|name| picture::shortened(&self.vm.lossy(&name).replace(".<locals>.", "…")))
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
        (is_builtin && !is_code && (obj.is_leaf() || obj.is_immortal())).then(|| picture::shortened(&vm.repr_text(obj).unwrap_or_default()))
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
            Label::Value(_) => {
                let key = key.map_or("…".into(), |key| self.plain(key).unwrap_or_else(|| format!("a {}", self.class(key))));
                Some(format!("[{key}]"))
            }
            Label::Class => None,
            Label::Field("__globals__" | "__builtins__" | "__code__" | "__name__" | "__qualname__" | "__module__" | "__doc__") => None,
            Label::Field(field) => {
                let name = match (vm.type_name(holder).as_str(), field) {
                    ("method", "func") => "__func__",
                    ("traceback", "next") => "tb_next",
                    ("traceback", "frame") => "tb_frame",
                    ("functools.partial", "function") => "func",
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

impl Session {
    /// What its objects are called.
    pub(crate) fn words(&self) -> Names<'_> {
        Names::of(&self.vm, &self.names, &self.values)
    }

    /// The references that a picture begins with: the program's names, what it has shown, the locals of running calls; or the names given.
    /// Nothing, with the name, if one of those is unknown.
    pub(crate) fn roots(&self, names: &[String]) -> Result<Vec<Root>, String> {
        let vm = &self.vm;
        let root = |group: &str, name: &str, obj: &Obj, counts| Root { group: group.into(), name: name.into(), id: obj.id(), counts };
        let mut roots = Vec::new();
        for name in names {
            let found = inspect::find(vm, &self.names, name).ok_or_else(|| name.clone())?;
            let group = if name.contains('.') { "asked for" } else { "module __main__" };
            roots.push(root(group, name, &found, Counts::InHeap));
        }
        if names.is_empty() {
            for (key, value) in vm.dict_items(&self.names) {
                let Some(name) = key.get::<Str>().and_then(Str::to_str) else { continue };
                if !is_hidden(name) && !name.starts_with("__") {
                    roots.push(root("module __main__", name, &value, Counts::InHeap));
                }
            }
            if self.values.get::<heap::Dict>().is_some() {
                for (key, value) in vm.dict_items(&self.values) {
                    let number = vm.repr_text(&key).unwrap_or_default();
                    roots.push(root("shown before", &format!("Out[{number}]"), &value, Counts::InHeap));
                }
            }
            for name in ["_", "__", "___"] {
                if let Some(value) = vm.dict_get_str(&self.names, name) {
                    roots.push(root("shown before", name, &value, Counts::InHeap));
                }
            }
        }
        let mut calls: Vec<String> = Vec::new();
        vm.each_local(&mut |function, name, obj, owned| {
            let group = format!("call of {function}");
            if names.is_empty() || names.iter().any(|asked| asked == name) {
                calls.push(group.clone());
                roots.push(root(&group, name, obj, if owned { Counts::Itself } else { Counts::Nothing }));
            }
        });
        Ok(roots)
    }

    /// The picture that is asked for, as a page keeps it.
    pub fn draw(&self, request: &Request) -> String {
        picture::text(&self.picture(request))
    }

    /// The picture that is asked for, of the heap as it is.
    pub fn picture(&self, request: &Request) -> Picture {
        let roots = match self.roots(&request.names) {
            Ok(roots) => roots,
            Err(name) => return Picture::note(format!("there is no `{name}`")),
        };
        let words = self.words();
        let asked = !request.names.is_empty();
        let take = || picture::take(&self.vm.heap, &roots, &words, Choice { asked, unreachable: !asked || request.view == View::Film });
        match &request.view {
            View::Heap => Picture::Heap(take().snapshot),
            View::Film => Picture::Film(picture::film(&take(), 2)),
            _ => Picture::Heap(take().snapshot),
        }
    }
}

/// Names that a notebook has for itself.
fn is_hidden(name: &str) -> bool {
    let number = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    matches!(name, "In" | "Out" | "_" | "__" | "___" | "_i" | "_ii" | "_iii" | "get_ipython" | "exit" | "quit")
        || name.strip_prefix("_i").is_some_and(number)
        || name.strip_prefix('_').is_some_and(number)
}
