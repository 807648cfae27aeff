//! What a stopped program shows: its frames, its variables, and what an expression gives there.

use compile::{Mode, Options};
use heap::{Dict, Int, List, Obj, Str, Tuple};
use serde_json::{Value, json};
use vm::PyResult;

use super::scenes::Scene;
use crate::notebook::Notebook;

/// So much of a value is shown in a line.
const MOST_CHARS: usize = 200;
/// So much of an object in a sentence.
const SHORT: usize = 60;

/// What a number stands for.
pub(super) enum Shown {
    /// An object, whose parts are shown.
    Object(Obj),
    /// What is to be seen of the heap.
    Heap,
}

impl Notebook {
    /// The frames that are code of cells, or are called from there; what runs the cell is not shown.
    pub(super) fn stack_trace(&self) -> Value {
        let vm = self.vm();
        let text = |obj: &Obj, name: &str| vm.getattr_str(obj, name).map(|text| vm.lossy(&text)).unwrap_or_default();
        let mut frames = Vec::new();
        for (id, level) in self.debugger.levels.borrow().iter().enumerate() {
            let frame = &level.frame;
            let Ok(code) = vm.getattr_str(frame, "f_code") else { continue };
            let now = || vm.getattr_str(frame, "f_lineno").ok().and_then(|line| line.get::<Int>().map(|line| line.0));
            let line = level.line.or_else(now).unwrap_or(0);
            let path = self.path_of_frame(frame).unwrap_or_default();
            let source = json!({ "name": text(&code, "co_filename"), "path": path, "sourceReference": 0 });
            frames.push(json!({ "id": id + 1, "name": text(&code, "co_name"), "line": line, "column": 1, "source": source }));
        }
        json!({ "stackFrames": frames, "totalFrames": frames.len() })
    }

    pub(super) fn scopes(&self, frame: &Obj) -> PyResult<Value> {
        let scopes = [("Locals", self.locals(frame)?), ("Globals", self.vm().getattr_str(frame, "f_globals")?)];
        let scopes = scopes.map(|(name, dict)| (name, self.number(Shown::Object(dict))));
        let sees_heap = self.debugger.stop.borrow().as_ref().is_some_and(|stop| stop.scene.sees_heap());
        let heap = sees_heap.then(|| ("Heap", self.number(Shown::Heap)));
        let told = |(name, number)| json!({ "name": name, "variablesReference": number, "expensive": false });
        Ok(json!({ "scopes": scopes.into_iter().chain(heap).map(told).collect::<Vec<_>>() }))
    }

    pub(super) fn variables(&self, number: &Value) -> Result<Value, String> {
        let at = number.as_u64().and_then(|number| (number as usize).checked_sub(1));
        let found = at.and_then(|at| {
            self.debugger.shown.borrow().get(at).map(|shown| match shown {
                Shown::Object(obj) => Some(obj.clone()),
                Shown::Heap => None,
            })
        });
        match found.ok_or("this is no longer shown")? {
            Some(obj) => Ok(json!({ "variables": self.children(&obj) })),
            None => Ok(json!({ "variables": self.heap_variables() })),
        }
    }

    pub(super) fn evaluate_in(&self, frame: &Obj, text: &str) -> PyResult {
        let vm = self.vm();
        let code = vm.compile_text(text.trim(), "<debugger>", Mode::Eval, Options::default())?;
        let mut locals = self.locals(frame)?;
        let subject = self.debugger.stop.borrow().as_ref().and_then(|stop| stop.scene.subject());
        if let Some((name, subject)) = subject {
            locals = vm.call(&vm.types.dict, &[locals])?;
            vm.dict_set_str(&locals, name, subject);
        }
        vm.run_code(&code, &vm.getattr_str(frame, "f_globals")?, &locals)
    }

    /// A frame's variables, in a dict.
    fn locals(&self, frame: &Obj) -> PyResult {
        let vm = self.vm();
        let locals = vm.getattr_str(frame, "f_locals")?;
        if locals.get::<Dict>().is_some() { Ok(locals) } else { vm.call(&vm.types.dict, &[locals]) }
    }

    /// The number by which something's parts can be asked for.
    fn number(&self, what: Shown) -> usize {
        let mut shown = self.debugger.shown.borrow_mut();
        shown.push(what);
        shown.len()
    }

    /// The object that a number stands for.
    pub(super) fn shown_object(&self, number: u64) -> Option<Obj> {
        match self.debugger.shown.borrow().get((number as usize).checked_sub(1)?)? {
            Shown::Object(obj) => Some(obj.clone()),
            Shown::Heap => None,
        }
    }

    pub(super) fn short(&self, obj: &Obj) -> String {
        cut(self.repr(obj), SHORT)
    }

    fn repr(&self, obj: &Obj) -> String {
        self.vm().repr_text(obj).unwrap_or_else(|_| "<its repr() failed>".into())
    }

    pub(super) fn variable(&self, name: &str, value: &Obj) -> Value {
        let vm = self.vm();
        let is_row = value.get::<List>().is_some() || value.get::<Tuple>().is_some() || value.get::<Dict>().is_some();
        let has_parts = is_row || vm.class(&vm.class_of(value)).has(vm::flags::HEAP_TYPE);
        let number = if has_parts { self.number(Shown::Object(value.clone())) } else { 0 };
        let text = cut(self.repr(value), MOST_CHARS);
        json!({ "name": name, "evaluateName": name, "value": text, "type": vm.type_name(value), "variablesReference": number })
    }

    /// An object's parts, as variables.
    pub(super) fn children(&self, obj: &Obj) -> Vec<Value> {
        self.parts(obj).iter().map(|(name, part)| self.variable(name, part)).collect()
    }

    /// An object's parts: entries, items, or attributes.
    pub(super) fn parts(&self, obj: &Obj) -> Vec<(String, Obj)> {
        let vm = self.vm();
        let items = obj.get::<List>().map(List::to_vec).or_else(|| obj.get::<Tuple>().map(|tuple| tuple.items().to_vec()));
        if let Some(items) = items {
            return items.into_iter().enumerate().map(|(i, item)| (i.to_string(), item)).collect();
        }
        let dict = match obj.get::<Dict>() {
            Some(_) => Some(obj.clone()),
            None => vm.getattr_opt_str(obj, "__dict__").ok().flatten(),
        };
        let entries = dict.filter(|dict| dict.get::<Dict>().is_some()).map(|dict| vm.dict_items(&dict)).unwrap_or_default();
        let own = obj.is(self.names());
        let hidden = |name: &str| own && (name.starts_with('_') || ["In", "Out"].contains(&name));
        let name = |key: &Obj| if key.get::<Str>().is_some() { vm.lossy(key) } else { vm.repr_text(key).unwrap_or_default() };
        entries.into_iter().map(|(key, value)| (name(&key), value)).filter(|(name, _)| !hidden(name)).collect()
    }
}

impl Scene {
    /// What an expression can name, beside the program's variables.
    fn subject(&self) -> Option<(&'static str, Obj)> {
        match self {
            Scene::Raised(exception) => Some(("__exception__", exception.clone())),
            Scene::Dying(obj) => Some(("__dying__", obj.clone())),
            Scene::Line | Scene::Phase { .. } => None,
        }
    }
}

fn cut(text: String, most: usize) -> String {
    if text.chars().count() > most { text.chars().take(most).chain(['…']).collect() } else { text }
}
