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
    /// A place of a frame: a local, or behind the locals one of the evaluation stack.
    Local(usize),
    /// The n-th reference that the object visits.
    Nth(usize),
}

/// What is written at the arrow from a weak reference to its callback.
pub(crate) const CALLBACK: Label = Label::Field("__callback__");

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
    /// Whether its class is the builtin one of its kind, as far as the heap can tell.
    pub exact: bool,
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

/// A moment of a collection, as far as the objects that are shown go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Phase {
    /// The name of the function in CPython's `gc.c` that has just run, or is running.
    pub name: &'static str,
    /// What it did last, if it is shown step by step.
    pub step: Option<Step>,
    /// The working count (`gc_refs`) of each object that is shown; nothing for those that are not, or no longer, looked at.
    pub refs: Vec<Option<u32>>,
    /// The objects being collected, in list order, without the unreachable.
    pub young: Vec<usize>,
    /// What seems unreachable so far, in list order.
    pub unreachable: Vec<usize>,
}

/// What a phase did last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// `subtract_refs` took the references that this object holds off the working counts.
    Subtracted(usize),
    /// `move_unreachable`: the object is held from outside; what it refers to is reachable too.
    Reachable(usize),
    /// `move_unreachable`: nothing so far leads to the object.
    PerhapsUnreachable(usize),
    /// `untrack_tuples`: the collector forgets this tuple of atoms.
    Untracked(usize),
    /// `handle_weakrefs`: this weak reference is cleared, and its callback called.
    Callback(usize),
    /// `handle_weakrefs`: this weak reference is cleared.
    Cleared(usize),
    /// `finalize_garbage`: the object's finalizer runs.
    Finalized(usize),
    /// `delete_garbage`: the object's references are cleared.
    Deleted(usize),
}

impl Heap {
    /// Calls `visit` for every reference that an object owns, with what a picture writes at its arrow.
    pub fn each_held(&self, obj: &Obj, visit: &mut dyn FnMut(Label, &Obj)) {
        if let Some(held) = self.held_by_dying(obj) {
            return held.into_iter().enumerate().for_each(|(i, held)| visit(Label::Nth(i), held));
        }
        if let Some(extra) = obj.extra() {
            (0..extra.n_slots()).for_each(|i| extra.slot(i).with(|held| held.into_iter().for_each(|held| visit(Label::Slot(i), held))));
            if extra.is_inline() {
                (0..extra.capacity())
                    .for_each(|i| extra.value(i).with(|held| held.into_iter().for_each(|held| visit(Label::Attribute(i), held))));
            }
            extra.dict().iter().for_each(|held| visit(Label::Dict, held));
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
            if self.held_by_dying(&obj).is_none() {
                obj.traverse(&mut |held| traversed.push(find(held)));
            }
            CensusObject {
                id: obj.id(),
                kind: obj.kind(),
                refcount: obj.refcount(),
                immortal: obj.is_immortal(),
                generation: obj.generation().filter(|&generation| generation <= PERMANENT),
                exact: !obj.has_flag(EXTRA),
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
}

impl Census {
    /// What a full collection would find unreachable, in the order in which it would finalize and clear it.
    pub fn unreachable(&self) -> Vec<usize> {
        let mut film = self.film(GENERATIONS - 1, &[]);
        film.subtract_refs();
        film.move_unreachable();
        film.unreachable.into_iter().flatten().collect()
    }

    /// What is unreachable, and what hangs on that alone: of each object, whether it would go.
    pub fn lost(&self) -> Vec<bool> {
        let mut lost = vec![false; self.objects.len()];
        let mut found = self.unreachable();
        found.iter().for_each(|&i| lost[i] = true);
        // What no collector looks at goes with its last holder.
        let mut held = vec![0; self.objects.len()];
        while let Some(i) = found.pop() {
            for edge in &self.objects[i].edges {
                let object = &self.objects[edge.to];
                held[edge.to] += 1;
                if !lost[edge.to] && !object.immortal && held[edge.to] == object.refcount {
                    lost[edge.to] = true;
                    found.push(edge.to);
                }
            }
        }
        lost
    }

    /// How a collection of a generation goes, in the moments that concern the objects `shown`: all the phases, as if no finalizer brought
    /// an object back to life.
    ///
    /// The unreachable of the last moment stand in the order in which the collector finalizes and clears them.
    pub fn collection(&self, generation: usize, shown: &[usize]) -> Vec<Phase> {
        let mut film = self.film(generation, shown);
        film.take("update_refs", None);
        film.subtract_refs();
        film.move_unreachable();
        film.untrack_tuples();
        film.delete();
        film.phases
    }

    /// A collection that has made its copies of the counts.
    fn film<'a>(&'a self, generation: usize, shown: &'a [usize]) -> Film<'a> {
        let generation = generation.min(GENERATIONS - 1);
        // The oldest generation's own objects come first, then those of the younger ones, the youngest first.
        let mut young: Vec<Option<usize>> = self.generations[generation].iter().copied().map(Some).collect();
        (0..generation).for_each(|younger| young.extend(self.generations[younger].iter().copied().map(Some)));
        young.retain(|i| i.is_some_and(|i| !self.objects[i].immortal));
        let mut is_shown = vec![false; self.objects.len()];
        shown.iter().for_each(|&i| is_shown[i] = true);
        let mut refs = vec![None; self.objects.len()];
        young.iter().flatten().for_each(|&i| refs[i] = Some(self.objects[i].refcount));
        Film { census: self, shown, is_shown, refs, young, unreachable: Vec::new(), phases: Vec::new() }
    }
}

/// A collection being worked out on a census.
struct Film<'a> {
    census: &'a Census,
    shown: &'a [usize],
    is_shown: Vec<bool>,
    refs: Vec<Option<u32>>,
    /// In list order, with holes.
    young: Vec<Option<usize>>,
    unreachable: Vec<Option<usize>>,
    phases: Vec<Phase>,
}

impl Film<'_> {
    /// One more moment.
    fn take(&mut self, name: &'static str, step: Option<Step>) {
        let shown = |list: &[Option<usize>]| list.iter().flatten().copied().filter(|&i| self.is_shown[i]).collect();
        self.phases.push(Phase {
            name,
            step,
            refs: self.shown.iter().map(|&i| self.refs[i]).collect(),
            young: shown(&self.young),
            unreachable: shown(&self.unreachable),
        });
    }

    fn subtract_refs(&mut self) {
        for i in self.young.clone().into_iter().flatten() {
            let mut seen = false;
            for &to in &self.census.objects[i].traversed {
                if let Some(count) = &mut self.refs[to] {
                    *count = count.saturating_sub(1);
                    seen |= self.is_shown[to];
                }
            }
            if seen {
                self.take("subtract_refs", Some(Step::Subtracted(i)));
            }
        }
    }

    fn move_unreachable(&mut self) {
        // Where each object stands among the unreachable.
        let mut place = vec![None; self.refs.len()];
        let mut next = 0;
        while let Some(&entry) = self.young.get(next) {
            next += 1;
            let Some(i) = entry else { continue };
            let mut seen = self.is_shown[i];
            let step = if self.refs[i] == Some(0) {
                self.young[next - 1] = None;
                place[i] = Some(self.unreachable.len());
                self.unreachable.push(Some(i));
                Step::PerhapsUnreachable(i)
            } else {
                self.refs[i] = None;
                for &to in &self.census.objects[i].traversed {
                    if self.refs[to] == Some(0) {
                        self.refs[to] = Some(1);
                        seen |= self.is_shown[to];
                        if let Some(place) = place[to].take() {
                            self.unreachable[place] = None;
                            self.young.push(Some(to));
                        }
                    }
                }
                Step::Reachable(i)
            };
            if seen {
                self.take("move_unreachable", Some(step));
            }
        }
    }

    fn untrack_tuples(&mut self) {
        let objects = &self.census.objects;
        let mut tracked: Vec<bool> = objects.iter().map(|object| object.generation.is_some()).collect();
        for next in 0..self.young.len() {
            let Some(i) = self.young[next].filter(|&i| objects[i].kind == Kind::TUPLE && objects[i].exact) else { continue };
            let may_be_tracked = |&to: &usize| {
                if objects[to].kind == Kind::TUPLE && objects[to].exact { tracked[to] } else { objects[to].container }
            };
            if !objects[i].traversed.iter().any(may_be_tracked) {
                tracked[i] = false;
                self.young[next] = None;
                if self.is_shown[i] {
                    self.take("untrack_tuples", Some(Step::Untracked(i)));
                }
            }
        }
    }

    /// `handle_weakrefs`, `finalize_garbage` and `delete_garbage`.
    fn delete(&mut self) {
        let objects = &self.census.objects;
        let garbage: Vec<usize> = self.unreachable.iter().flatten().copied().collect();
        let mut is_garbage = vec![false; objects.len()];
        garbage.iter().for_each(|&i| is_garbage[i] = true);
        let has_callback = |i: usize| objects[i].edges.iter().any(|edge| edge.label == CALLBACK);
        let weakrefs: Vec<usize> = garbage.iter().flat_map(|&i| objects[i].weakrefs.iter().copied()).collect();
        let (calls, others): (Vec<usize>, Vec<usize>) = weakrefs.into_iter().partition(|&i| has_callback(i) && !is_garbage[i]);
        let finalizers = garbage.iter().copied().filter(|&i| objects[i].has_finalizer && !objects[i].finalized);
        let steps = others.into_iter().map(|i| ("handle_weakrefs", Step::Cleared(i)));
        let steps = steps.chain(calls.into_iter().map(|i| ("handle_weakrefs", Step::Callback(i))));
        let steps = steps.chain(finalizers.map(|i| ("finalize_garbage", Step::Finalized(i))));
        let steps: Vec<_> = steps.chain(garbage.iter().map(|&i| ("delete_garbage", Step::Deleted(i)))).collect();
        for (name, step) in steps {
            let (Step::Cleared(i) | Step::Callback(i) | Step::Finalized(i) | Step::Deleted(i)) = step else { continue };
            if self.is_shown[i] {
                self.take(name, Some(step));
            }
        }
    }
}
