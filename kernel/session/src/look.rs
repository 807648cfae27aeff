//! Pictures of a machine's heap: which references are roots, and what is asked for. No code of the program runs for them.

use std::collections::HashSet;

use heap::{Dict, Obj, Str};
use picture::{Choice, Counts, Picture, Request, Root, Taken, Timeline, View};
use vm::{PyResult, Vm};

use crate::words::Names;
use crate::{Session, reach};

/// What was seen before a cell, to compare with.
pub(crate) type Before = Option<Taken>;

/// Looks at a machine's heap.
pub(crate) struct Looker<'a> {
    vm: &'a Vm,
    /// The names of `__main__`.
    names: Obj,
    /// `Out`.
    values: Option<Obj>,
}

impl<'a> Looker<'a> {
    /// Looks at the heap of a program: the names of its `__main__` are where it begins.
    pub(crate) fn new(vm: &'a Vm) -> Looker<'a> {
        let main = vm.modules.get().and_then(|modules| vm.dict_get_str(&modules, "__main__"));
        let names = main.map_or_else(|| vm.dict(), |main| vm.module_dict(&main));
        let values = vm.dict_get_str(&names, "Out").filter(|values| values.get::<Dict>().is_some());
        Looker { vm, names, values }
    }

    fn words(&self) -> Names<'a> {
        Names::of(self.vm, &self.names, self.values.as_ref().map_or(0, Obj::id))
    }

    /// The references that a picture begins with: the program's names, what it has shown, the locals of running calls; or the names given.
    /// A name that leads nowhere is the error.
    fn roots(&self, names: &[String]) -> Result<Vec<Root>, String> {
        let vm = self.vm;
        let mut roots = Vec::new();
        vm.each_local(&mut |function, name, obj, owned| {
            // The shell that runs a magic is none of the program's.
            let is_asked = names.is_empty() || names.iter().any(|asked| asked == name);
            if is_asked && !function.starts_with("InteractiveShell.") {
                let counts = if owned { Counts::Itself } else { Counts::Nothing };
                roots.push(Root { group: format!("call of {function}"), name: name.into(), id: obj.id(), counts });
            }
        });
        for name in names {
            match reach::find(vm, &self.names, name) {
                Some(found) => roots.push(root(if name.contains('.') { "asked for" } else { "module __main__" }, name, &found)),
                None if roots.iter().any(|root| root.name == *name) => {}
                None => return Err(name.clone()),
            }
        }
        if names.is_empty() {
            for (key, value) in vm.dict_items(&self.names) {
                let Some(name) = key.get::<Str>().and_then(Str::to_str) else { continue };
                if !is_hidden(name) && !name.starts_with("__") {
                    roots.push(root("module __main__", name, &value));
                }
            }
            for (key, value) in self.values.as_ref().map(|values| vm.dict_items(values)).unwrap_or_default() {
                roots.push(root("shown before", &format!("Out[{}]", vm.repr_text(&key).unwrap_or_default()), &value));
            }
            for name in ["_", "__", "___"] {
                roots.extend(vm.dict_get_str(&self.names, name).map(|value| root("shown before", name, &value)));
            }
        }
        Ok(roots)
    }

    fn take(&self, roots: &[Root], asked: bool, unreachable: bool) -> Taken {
        picture::take(&self.vm.heap, roots, &self.words(), Choice { asked, unreachable })
    }

    /// Before a cell of which a picture is wanted.
    pub(crate) fn before(&self, request: &Request) -> Before {
        match request.view {
            View::Diff => {
                let known: Vec<String> =
                    request.names.iter().filter(|name| reach::find(self.vm, &self.names, name).is_some()).cloned().collect();
                let all = request.names.is_empty();
                let roots = if all || !known.is_empty() { self.roots(&known).unwrap_or_default() } else { Vec::new() };
                let taken = self.take(&roots, !all, true);
                if !self.vm.heap.is_watched() {
                    self.vm.heap.take_gone();
                    self.vm.heap.watch(true);
                }
                Some(taken)
            }
            View::Timeline => {
                self.vm.start_recording(vm::recorder::Told::Cells);
                None
            }
            _ => None,
        }
    }

    /// The picture that is asked for, of the heap as it is.
    pub(crate) fn picture(&self, request: &Request, before: Before) -> Picture {
        let asked = !request.names.is_empty();
        if request.view == View::Timeline {
            return Picture::Timeline(timeline(&self.vm.stop_recording()));
        }
        if request.view == View::Diff {
            self.vm.heap.watch(false);
            let gone: HashSet<u64> = self.vm.heap.take_gone().into_iter().collect();
            let known: Vec<String> =
                request.names.iter().filter(|name| reach::find(self.vm, &self.names, name).is_some()).cloned().collect();
            let roots = if !asked || !known.is_empty() { self.roots(&known).unwrap_or_default() } else { Vec::new() };
            let after = self.take(&roots, asked, true);
            return match before {
                Some(before) => Picture::Diff(picture::diff(&before, &after, &gone)),
                None => Picture::Heap(after.snapshot),
            };
        }
        if let View::Why(name) = &request.view {
            let found = reach::find(self.vm, &self.names, name).map(|found| found.id());
            return found.map_or_else(|| Picture::note(format!("there is no {name}")), |id| self.why(id, name));
        }
        match self.roots(&request.names) {
            Err(name) => Picture::note(format!("there is no {name}")),
            Ok(roots) if request.view == View::Film => self.film(&roots, asked, 2),
            Ok(roots) => Picture::Heap(self.take(&roots, asked, !asked).snapshot),
        }
    }

    /// A collection of a generation, of what the program has and what it has lost.
    pub(crate) fn film(&self, roots: &[Root], asked: bool, generation: usize) -> Picture {
        Picture::Film(picture::film(&self.take(roots, asked, true), generation))
    }

    /// The collection of a generation.
    pub(crate) fn collection(&self, generation: usize) -> Picture {
        self.film(&self.roots(&[]).unwrap_or_default(), false, generation)
    }

    /// What keeps an object alive, but for the name by which it was asked for.
    pub(crate) fn why(&self, id: u64, asked: &str) -> Picture {
        let words = self.words();
        let mut roots = self.roots(&[]).unwrap_or_default();
        roots.extend(words.modules());
        Picture::Why(picture::why(&self.vm.heap, &roots, &words, id, asked, &|id| !words.is_namespace(id)))
    }

    /// Objects by their ids.
    pub(crate) fn objects(&self, ids: &[(String, u64)]) -> Picture {
        let roots: Vec<Root> =
            ids.iter().map(|(name, id)| Root { group: "asked for".into(), name: name.clone(), id: *id, counts: Counts::InHeap }).collect();
        Picture::Heap(self.take(&roots, true, false).snapshot)
    }
}

fn root(group: &str, name: &str, obj: &Obj) -> Root {
    Root { group: group.into(), name: name.into(), id: obj.id(), counts: Counts::InHeap }
}

/// Names that a notebook has for itself.
fn is_hidden(name: &str) -> bool {
    let number = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    matches!(name, "In" | "Out" | "_" | "__" | "___" | "_i" | "_ii" | "_iii" | "get_ipython" | "exit" | "quit")
        || name.strip_prefix("_i").is_some_and(number)
}

/// A machine's record, in bytes beyond the start.
pub fn timeline(moments: &[vm::recorder::Moment]) -> Timeline {
    use vm::recorder::Event;
    let (live, unreachable) = moments.first().map_or((0, 0), |first| (first.live as i64, first.unreachable as i64));
    let moments = moments.iter().map(|moment| picture::Moment {
        at: moment.at.as_micros() as u64,
        live: moment.live as i64 - live,
        unreachable: moment.unreachable as i64 - unreachable,
        event: match &moment.event {
            Event::Start => picture::Event::Start,
            Event::Call(name) => picture::Event::Call(name.clone()),
            Event::Return(name) => picture::Event::Return(name.clone()),
            Event::Collection { generation, objects, bytes } => {
                picture::Event::Collection { generation: *generation, objects: *objects, bytes: *bytes }
            }
            Event::Look => picture::Event::Look,
            Event::End => picture::Event::End,
        },
    });
    Timeline { moments: moments.collect(), ..Timeline::default() }
}

impl Session {
    /// Before a cell of which a picture is wanted.
    pub fn look(&mut self, request: &Request) {
        self.before = Looker::new(&self.vm).before(request);
    }

    /// The picture that is asked for, as a page keeps it.
    pub fn draw(&mut self, request: &Request) -> String {
        let before = self.before.take();
        picture::text(&Looker::new(&self.vm).picture(request, before))
    }
}

/// `heapbook.show(*names_or_objects)`: a picture, in a notebook drawn and elsewhere printed.
pub fn show(vm: &Vm, args: &[Obj]) -> PyResult<()> {
    let looker = Looker::new(vm);
    let picture = match args.iter().map(|arg| arg.get::<Str>().map(|_| vm.lossy(arg))).collect::<Option<Vec<String>>>() {
        // Names alone, or nothing at all.
        Some(names) => looker.picture(&Request { view: View::Heap, names }, None),
        None => {
            let called = |i: usize, obj: &Obj| {
                let known = vm.dict_items(&looker.names).into_iter().find(|(key, value)| value.is(obj) && !is_hidden(&vm.lossy(key)));
                known.map_or_else(|| format!("argument {}", i + 1), |(key, _)| vm.lossy(&key))
            };
            let ids: Vec<(String, u64)> = args.iter().enumerate().map(|(i, obj)| (called(i, obj), obj.id())).collect();
            looker.objects(&ids)
        }
    };
    match crate::notebook::notebook(vm) {
        Ok(notebook) => notebook.show_picture(&picture),
        Err(_) => {
            if let Some(stdout) = vm.sys.get().and_then(|sys| vm.dict_get_str(&sys, "stdout")) {
                vm.call_method(&stdout, "write", &[vm.str(&picture::text(&picture))])?;
            }
        }
    }
    Ok(())
}
