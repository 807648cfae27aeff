//! What stops the program beside lines: exceptions, deaths, collections, by the protocol's exception filters; the death of one object,
//! by its data breakpoints.

use heap::{CollectionPhase, Dict, Obj};
use serde_json::{Value, json};
use vm::Watched;

use crate::notebook::Notebook;

/// What is asked for.
#[derive(Default)]
pub(super) struct Filters {
    raised: bool,
    pub(super) uncaught: bool,
    /// The names of classes; none: all of the notebook.
    death: Option<Vec<String>>,
    /// The names of phases, and generations; none: all.
    collection: Option<Vec<String>>,
    /// The ids of objects whose death stops the program.
    watched: Vec<u64>,
}

/// The filters that a frontend can offer.
pub(super) fn offered() -> Value {
    json!([
        { "filter": "raised", "label": "Raised Exceptions", "default": false },
        { "filter": "uncaught", "label": "Uncaught Exceptions", "default": false },
        {
            "filter": "death", "label": "Refcounts Falling to Zero", "default": false,
            "description": "Stops when an object is about to die.", "supportsCondition": true,
            "conditionDescription": "Names of classes; without any, all classes of the notebook.",
        },
        {
            "filter": "collection", "label": "Phases of Collections", "default": false,
            "description": "Stops after each phase of the cycle collector.", "supportsCondition": true,
            "conditionDescription": "Names of phases, generations (0, 1, 2), or both.",
        },
    ])
}

impl Filters {
    pub(super) fn watched(&self) -> Watched {
        Watched { exceptions: self.raised, deaths: self.death.is_some() || !self.watched.is_empty(), phases: self.collection.is_some() }
    }

    /// Sets one filter, if there is one of that name and the condition is one.
    fn set(&mut self, name: &str, condition: &str) -> Result<(), String> {
        let words: Vec<String> = condition.split([' ', ',', '\n']).filter(|word| !word.is_empty()).map(str::to_owned).collect();
        let is_name = |word: &String| word.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c == '_' || c.is_alphanumeric()));
        if let Some(word) = words.iter().find(|word| !is_name(word)) {
            return Err(format!("`{word}` is no name"));
        }
        match name {
            "raised" => self.raised = true,
            "uncaught" => self.uncaught = true,
            "death" => self.death = Some(words),
            "collection" => self.collection = Some(words),
            _ => return Err(format!("there is no filter `{name}`")),
        }
        Ok(())
    }

    /// Whether this moment of a collection is asked for.
    pub(super) fn wants_phase(&self, generation: usize, phase: CollectionPhase) -> bool {
        self.collection.as_ref().is_some_and(|words| {
            let (generations, phases): (Vec<&String>, Vec<&String>) = words.iter().partition(|word| word.parse::<usize>().is_ok());
            (generations.is_empty() || generations.iter().any(|word| word.parse() == Ok(generation)))
                && (phases.is_empty() || phases.iter().any(|word| *word == phase.name()))
        })
    }

    /// Forgets an object that dies. Gives whether it was watched.
    pub(super) fn unwatch(&mut self, id: u64) -> bool {
        let before = self.watched.len();
        self.watched.retain(|watched| *watched != id);
        self.watched.len() < before
    }
}

/// A moment at which frontends are not to be bothered: exceptions by which loops and generators end, and the user's own interrupt.
pub(super) const QUIET: [&str; 4] = ["StopIteration", "StopAsyncIteration", "GeneratorExit", "KeyboardInterrupt"];

impl Notebook {
    pub(super) fn set_filters(&self, arguments: &Value) -> Value {
        let named = arguments["filters"].as_array().cloned().unwrap_or_default();
        let named = named.iter().map(|name| (name.as_str().unwrap_or_default().to_owned(), String::new()));
        let with_options = arguments["filterOptions"].as_array().cloned().unwrap_or_default();
        let text = |option: &Value, key: &str| option[key].as_str().unwrap_or_default().to_owned();
        let with_options = with_options.iter().map(|option| (text(option, "filterId"), text(option, "condition")));
        let mut filters = self.debugger.filters.borrow_mut();
        *filters = Filters { watched: std::mem::take(&mut filters.watched), ..Filters::default() };
        let told: Vec<Value> = named
            .chain(with_options)
            .map(|(name, condition)| match filters.set(&name, &condition) {
                Ok(()) => json!({ "verified": true }),
                Err(why) => json!({ "verified": false, "message": why }),
            })
            .collect();
        drop(filters);
        self.look_on();
        json!({ "breakpoints": told })
    }

    /// Whether the death of an object stops the program, because of its class.
    pub(super) fn wants_death(&self, obj: &Obj) -> bool {
        let filters = self.debugger.filters.borrow();
        let Some(names) = &filters.death else { return false };
        let vm = self.vm();
        let class = vm.class_of(obj);
        if names.is_empty() {
            return vm.getattr_str(&class, "__module__").is_ok_and(|module| vm.lossy(&module) == "__main__");
        }
        // A name says the class itself or one that it extends, with its module or without.
        let line = vm.getattr_str(&class, "__mro__").ok().and_then(|line| line.get::<heap::Tuple>().map(|line| line.items().to_vec()));
        line.unwrap_or_else(|| vec![class]).iter().any(|class| {
            let text = |name: &str| vm.getattr_str(class, name).map(|text| vm.lossy(&text)).unwrap_or_default();
            let name = text("__qualname__");
            names.iter().any(|wanted| *wanted == name || *wanted == format!("{}.{name}", text("__module__")))
        })
    }

    pub(super) fn data_breakpoint_info(&self, arguments: &Value) -> Result<Value, String> {
        let vm = self.vm();
        let name = arguments["name"].as_str().unwrap_or_default();
        let number = arguments["variablesReference"].as_u64().unwrap_or(0);
        let found = match self.shown_object(number) {
            Some(holder) => self.parts(&holder).into_iter().find(|(part, _)| part == name).map(|(_, part)| part),
            None => match self.frame(&arguments["frameId"]) {
                Ok(frame) => self.evaluate_in(&frame, name).ok(),
                Err(_) => crate::reach::find(vm, self.names(), name),
            },
        };
        let found = found.ok_or_else(|| format!("nothing is called `{name}` here"))?;
        let type_name = vm.type_name(&found);
        if found.is_leaf() || found.is_immortal() {
            let why = if found.is_immortal() { "never dies" } else { "dies untold" };
            return Ok(json!({ "dataId": null, "description": format!("`{name}` is {} {type_name}, which {why}", article(&type_name)) }));
        }
        let description = format!("the death of `{name}`, {} {type_name} at {:#x}", article(&type_name), found.id());
        Ok(json!({ "dataId": format!("{:#x}", found.id()), "description": description, "canPersist": false }))
    }

    pub(super) fn set_data_breakpoints(&self, arguments: &Value) -> Value {
        let wanted = arguments["breakpoints"].as_array().cloned().unwrap_or_default();
        let ids: Vec<Option<u64>> = wanted
            .iter()
            .map(|at| u64::from_str_radix(at["dataId"].as_str()?.strip_prefix("0x")?, 16).ok())
            .map(|id| id.filter(|id| self.vm().heap.object_at(*id).is_some_and(|obj| !obj.is_leaf() && !obj.is_immortal())))
            .collect();
        let told = ids.iter().map(|id| match id {
            Some(id) => json!({ "id": id, "verified": true }),
            None => json!({ "verified": false, "message": "no object lives there" }),
        });
        let told = json!({ "breakpoints": told.collect::<Vec<_>>() });
        self.debugger.filters.borrow_mut().watched = ids.into_iter().flatten().collect();
        self.look_on();
        told
    }

    /// How an object is named in a sentence: its type, its id, and how it looks.
    pub(super) fn name_of(&self, obj: &Obj) -> String {
        let vm = self.vm();
        let type_name = vm.type_name(obj);
        format!("{} {type_name} at {:#x}, {}", article(&type_name), obj.id(), self.short(obj))
    }

    /// The names of the notebook that lead to objects, by id.
    pub(super) fn named_objects(&self) -> std::collections::HashMap<u64, String> {
        let vm = self.vm();
        let own = |name: &str| !name.starts_with('_') && !["In", "Out"].contains(&name);
        let names = Some(self.names()).filter(|names| names.get::<Dict>().is_some()).map(|names| vm.dict_items(names));
        names.into_iter().flatten().map(|(name, obj)| (obj.id(), vm.lossy(&name))).filter(|(_, name)| own(name)).collect()
    }
}

/// `a` or `an`.
fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) { "an" } else { "a" }
}
