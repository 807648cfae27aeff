//! The census: a read-only picture of the heap, and of a collection step by step.
//!
//! Plain data, in numbers instead of references, so that it can be kept, compared and drawn. The phases of a collection are worked
//! out on the picture; the heap itself is not touched.

use std::collections::HashMap;

use crate::audit::look;
use crate::generation::{GENERATIONS, PERMANENT};
use crate::heap::Heap;
use crate::kind::Kind;
use crate::object::{EXTRA, HAS_FINALIZER, Obj, UNCOUNTED};
use crate::weakref::WeakRef;

/// The version of the shape of this data; it grows with every change that a reader of it must know.
pub const CENSUS_VERSION: u32 = 1;

/// What is written at the arrow from an object to another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Label {
    /// The item of a row.
    Item(usize),
    /// The key of a dict's entry; an element of a set.
    Key(usize),
    /// The value of a dict's entry.
    Value(usize),
    /// An attribute in the inline values, by its place.
    Attribute(usize),
    /// A member of `__slots__`, by its place.
    Slot(usize),
    /// The `__dict__`.
    Dict,
    /// The class.
    Class,
    /// A field that CPython's objects have a name for.
    Field(&'static str),
    /// The n-th reference that the object visits.
    Nth(usize),
}

/// One reference from an object to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CensusEdge {
    /// The object referred to, by its place in [`Census::objects`].
    pub to: usize,
    /// What is written at the arrow.
    pub label: Label,
}

/// One object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CensusObject {
    /// What `id()` gives.
    pub id: u64,
    /// How the payload is laid out.
    pub kind: Kind,
    /// The refcount.
    pub refcount: u32,
    /// Whether the count never changes.
    pub immortal: bool,
    /// 0, 1, 2, or 3 for the permanent generation; nothing, if the object is not tracked.
    pub generation: Option<usize>,
    /// Whether its type is one that the collector cares for.
    pub container: bool,
    /// Whether its class has a finalizer.
    pub has_finalizer: bool,
    /// Whether the finalizer has run.
    pub finalized: bool,
    /// All references it holds.
    pub edges: Vec<CensusEdge>,
    /// What the collector sees of them, in `tp_traverse`'s order.
    pub traversed: Vec<usize>,
    /// The weak references to it, in order.
    pub weakrefs: Vec<usize>,
    /// Of a weak reference: the object it stands for, while that lives.
    pub target: Option<usize>,
}

/// A named reference from outside: a variable, a place on the stack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CensusRoot {
    /// What is written at its arrow.
    pub name: String,
    /// The object, by its place in [`Census::objects`].
    pub to: usize,
}

/// A picture of the heap.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Census {
    /// [`CENSUS_VERSION`].
    pub version: u32,
    /// Every object, in the order of ids.
    pub objects: Vec<CensusObject>,
    /// The roots that were named.
    pub roots: Vec<CensusRoot>,
    /// The tracked objects, by generation, in list order.
    pub generations: [Vec<usize>; GENERATIONS + 1],
}

/// A moment of a collection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Phase {
    /// The name of the function in CPython's `gc.c` that has just run, or is running.
    pub name: &'static str,
    /// What it did last, if it is shown step by step.
    pub step: Option<Step>,
    /// The working count (`gc_refs`) of each object that is being looked at; nothing for the others.
    pub refs: Vec<Option<u32>>,
    /// The objects being collected, in list order, without the unreachable.
    pub young: Vec<usize>,
    /// What seems unreachable so far, in list order.
    pub unreachable: Vec<usize>,
}

/// One step of `move_unreachable`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The object is held from outside; what it refers to is reachable too.
    Reachable(usize),
    /// Nothing so far leads to the object.
    PerhapsUnreachable(usize),
}

impl Heap {
    /// Calls `visit` for every reference that an object owns, with what a picture writes at its arrow.
    pub fn each_held(&self, obj: &Obj, visit: &mut dyn FnMut(Label, &Obj)) {
        if let Some(extra) = obj.extra() {
            (0..extra.n_slots()).for_each(|i| extra.slot(i).with(|held| held.into_iter().for_each(|held| visit(Label::Slot(i), held))));
            (0..extra.capacity())
                .for_each(|i| extra.value(i).with(|held| held.into_iter().for_each(|held| visit(Label::Attribute(i), held))));
            extra.dict().with(|held| held.into_iter().for_each(|held| visit(Label::Dict, held)));
            extra.class().with(|held| held.into_iter().for_each(|held| visit(Label::Class, held)));
        }
        // SAFETY: the object is alive and of its kind.
        unsafe { (self.vtable(obj.kind()).holds)(obj.address(), visit) }
    }

    /// A picture of the heap as it is. `roots` is given a function to call for each reference from outside that is to be shown.
    pub fn census(&self, roots: impl FnOnce(&mut dyn FnMut(&str, &Obj))) -> Census {
        let mut addresses = Vec::new();
        self.space.for_each(|at| addresses.push(at));
        let place: HashMap<usize, usize> = addresses.iter().enumerate().map(|(i, at)| (at.addr().get(), i)).collect();
        let find = |obj: &Obj| place[&obj.address().addr().get()];
        let objects = addresses.iter().map(|&at| {
            // SAFETY: `for_each` gives live objects, and nothing dies here.
            let obj = unsafe { look(self, at) };
            let mut edges = Vec::new();
            self.each_held(&obj, &mut |label, held| edges.push(CensusEdge { to: find(held), label }));
            let mut traversed = Vec::new();
            obj.traverse(&mut |held| traversed.push(find(held)));
            CensusObject {
                id: obj.id(),
                kind: obj.kind(),
                refcount: obj.refcount(),
                immortal: obj.is_immortal(),
                generation: obj.generation().filter(|&generation| generation <= PERMANENT),
                container: !obj.is_leaf() && !obj.has_flag(UNCOUNTED),
                has_finalizer: obj.has_flag(HAS_FINALIZER),
                finalized: obj.is_finalized(),
                edges,
                traversed,
                weakrefs: self.weakrefs_of(&obj).iter().map(find).collect(),
                target: obj.get::<WeakRef>().and_then(WeakRef::target).map(|target| find(&target)),
            }
        });
        let objects = objects.collect();
        let mut named = Vec::new();
        roots(&mut |name, obj| named.push(CensusRoot { name: name.to_owned(), to: find(obj) }));
        let generations =
            std::array::from_fn(|g| self.generations.list(g).iter().flatten().map(|header| place[&header.addr().get()]).collect());
        Census { version: CENSUS_VERSION, objects, roots: named, generations }
    }

    /// Whether the object is of the exact builtin class of its kind, as far as the heap can tell.
    pub fn is_exact(&self, obj: &Obj) -> bool {
        !obj.has_flag(EXTRA)
    }
}

impl Census {
    /// How a collection of a generation would go, up to the split into reachable and unreachable: `update_refs`, one phase for each object
    /// that `subtract_refs` traverses, one for each step of `move_unreachable`.
    ///
    /// The last phase has the unreachable in the order in which the collector would finalize and clear them.
    pub fn collection(&self, generation: usize) -> Vec<Phase> {
        let generation = generation.min(GENERATIONS - 1);
        // The oldest generation's own objects come first, then those of the younger ones, the youngest first.
        let mut young = self.generations[generation].clone();
        (0..generation).for_each(|younger| young.extend(&self.generations[younger]));
        young.retain(|&i| !self.objects[i].immortal);
        let mut refs = vec![None; self.objects.len()];
        for &i in &young {
            refs[i] = Some(self.objects[i].refcount);
        }
        let mut phases = vec![Phase { name: "update_refs", step: None, refs: refs.clone(), young: young.clone(), unreachable: vec![] }];
        for &i in &young {
            for &to in &self.objects[i].traversed {
                if let Some(count) = &mut refs[to] {
                    *count = count.saturating_sub(1);
                }
            }
            phases.push(Phase { name: "subtract_refs", step: None, refs: refs.clone(), young: young.clone(), unreachable: vec![] });
        }
        self.move_unreachable(young, refs, &mut phases);
        phases
    }

    fn move_unreachable(&self, mut young: Vec<usize>, mut refs: Vec<Option<u32>>, phases: &mut Vec<Phase>) {
        let mut unreachable: Vec<usize> = Vec::new();
        let mut next = 0;
        while let Some(&i) = young.get(next) {
            let step = if refs[i] == Some(0) {
                young.remove(next);
                unreachable.push(i);
                Step::PerhapsUnreachable(i)
            } else {
                refs[i] = None;
                next += 1;
                for &to in &self.objects[i].traversed {
                    if refs[to] == Some(0) {
                        refs[to] = Some(1);
                        if let Some(place) = unreachable.iter().position(|&other| other == to) {
                            unreachable.remove(place);
                            young.push(to);
                        }
                    }
                }
                Step::Reachable(i)
            };
            phases.push(Phase {
                name: "move_unreachable",
                step: Some(step),
                refs: refs.clone(),
                young: young.clone(),
                unreachable: unreachable.clone(),
            });
        }
    }
}
