//! Keeps a class's slots in step with its special methods (`update_one_slot`, `fixup_slot_dispatchers`).

use heap::{Dict, Obj, Str};

use super::slots::{SLOT_DEFS, SlotDef};
use super::special;
use crate::Vm;
use crate::class::Class;
use crate::objects::builtin_function::BuiltinFunction;
use crate::objects::descriptor::SlotWrapper;
use crate::protocol::compare::unhashable;

impl Vm {
    /// `fixup_slot_dispatchers`: every slot of a new class made in Python.
    pub(super) fn fix_slots(&self, class: &Obj) {
        for (i, def) in SLOT_DEFS.iter().enumerate() {
            if !SLOT_DEFS[..i].iter().any(|other| other.ops.slot == def.ops.slot) {
                self.update_one_slot(class, def.ops.slot);
            }
        }
    }

    /// As [`Vm::fix_slots`], for a class that has its base's slots already: only what the class defines itself can differ.
    pub(super) fn fix_own_slots(&self, class: &Obj, dict: &Dict) {
        let mut done: Vec<&'static str> = Vec::new();
        let mut at = 0;
        while let Some((name, _)) = dict.next_entry(&mut at) {
            let Some(text) = name.get::<Str>().and_then(Str::to_str).filter(|text| text.starts_with("__")) else { continue };
            for def in SLOT_DEFS.iter().filter(|def| def.name == text) {
                if !done.contains(&def.ops.slot) {
                    done.push(def.ops.slot);
                    self.update_one_slot(class, def.ops.slot);
                }
            }
        }
    }

    /// A special method of the class has changed: its slot follows, and those of all that inherit it (`update_slot`).
    pub(crate) fn update_slot(&self, class: &Obj, name: &Obj) {
        let Some(text) = name.get::<Str>().and_then(Str::to_str) else { return };
        let slots: Vec<&'static str> = SLOT_DEFS.iter().filter(|def| def.name == text).map(|def| def.ops.slot).collect();
        if slots.is_empty() {
            return;
        }
        let mut todo = vec![class.clone()];
        while let Some(next) = todo.pop() {
            slots.iter().for_each(|slot| self.update_one_slot(&next, slot));
            // A subclass with a method of its own does not care.
            todo.extend(self.subclasses_of(&next).into_iter().filter(|below| self.own_attr(below, name).is_none()));
        }
    }

    /// All slots of the class and of all that inherit from it (`update_all_slots`).
    pub(super) fn update_all_slots(&self, class: &Obj) {
        let mut todo = vec![class.clone()];
        while let Some(next) = todo.pop() {
            self.fix_slots(&next);
            todo.extend(self.subclasses_of(&next));
        }
    }

    fn update_one_slot(&self, class: &Obj, slot: &'static str) {
        let payload = self.class(class);
        let mut specific: Option<Obj> = None;
        let mut generic: Option<&'static SlotDef> = None;
        let mut use_generic = false;
        for def in SLOT_DEFS.iter().filter(|def| def.ops.slot == slot) {
            let Some(found) = self.class_lookup(class, &self.intern(def.name)) else { continue };
            if let Some(wrapper) = found.get::<SlotWrapper>()
                && wrapper.def.name == def.name
            {
                let owner = wrapper.class.get().expect("a slot wrapper has its class");
                // A wrapper of the other slot with this name says nothing about this one.
                if wrapper.def.ops.slot != slot {
                    if (def.ops.is_set)(&self.class(&owner).slots) {
                        specific.get_or_insert(owner);
                    }
                    continue;
                }
                generic.get_or_insert(def);
                let fits = match &specific {
                    None => true,
                    Some(other) => (def.ops.same)(&self.class(other).slots, &self.class(&owner).slots),
                };
                if fits && self.subclass_of(class, &owner) {
                    specific = Some(owner);
                } else {
                    use_generic = true;
                    generic = Some(def);
                }
            } else if slot == "new"
                && found.get::<BuiltinFunction>().is_some_and(|f| std::ptr::eq(f.method, &crate::objects::object::NEW_WRAPPER))
            {
                // `__new__` of a builtin class: what was inherited stays.
                return;
            } else if slot == "hash" && found.is(&self.consts.none) {
                payload.slots.hash.set(Some(unhashable));
                return;
            } else {
                use_generic = true;
                generic = Some(def);
            }
        }
        let Some(any) = SLOT_DEFS.iter().find(|def| def.ops.slot == slot) else { return };
        match (specific, generic) {
            (Some(owner), _) if !use_generic => {
                (any.ops.copy)(&self.class(&owner).slots, &payload.slots);
                if slot == POWER {
                    payload.slots.power_mod.set(self.class(&owner).slots.power_mod.get());
                }
            }
            (_, Some(def)) => {
                (def.ops.generic)(&payload.slots);
                if slot == POWER {
                    payload.slots.power_mod.set(Some(special::power_mod));
                }
            }
            (_, None) => {
                (any.ops.copy)(&crate::class::Slots::default(), &payload.slots);
                if slot == POWER {
                    payload.slots.power_mod.set(None);
                }
            }
        }
        if slot == "finalize" && payload.slots.finalize.get().is_some() {
            self.finalizer_appeared(payload);
        }
    }

    /// Instances that were made before the class had a finalizer do not know that it has one now.
    fn finalizer_appeared(&self, class: &Class) {
        if class.mro.get().is_some() && class.built.get() {
            self.heap.expect_late_finalizers();
        }
    }
}

const POWER: &str = "binaryPower";
