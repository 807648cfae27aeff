//! What every test stands on: a heap with a machine that only keeps a log.

#![allow(dead_code, reason = "each test uses its part")]

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::rc::Rc;

use heap::{DebugEvent, ExtraLayout, Heap, HeapOwner, Hooks, Instance, List, Obj, WeakRef};

/// A machine whose finalizers and callbacks write down that they ran.
#[derive(Default)]
pub(crate) struct Machine {
    pub(crate) log: RefCell<Vec<String>>,
    /// Where finalizers store the object, if they are to bring it back to life.
    pub(crate) keep: RefCell<Option<Vec<Obj>>>,
    /// Whether a weak reference is asked in finalizers.
    pub(crate) watch: RefCell<Vec<Obj>>,
    pub(crate) names: RefCell<Vec<(u64, String)>>,
    pub(crate) collections: Cell<usize>,
}

impl Machine {
    fn name(&self, obj: &Obj) -> String {
        self.names.borrow().iter().rev().find(|(id, _)| *id == obj.id()).map_or("?".into(), |(_, name)| name.clone())
    }
}

impl Hooks for Machine {
    fn has_finalizer(&self, obj: &Obj) -> bool {
        obj.kind() == heap::Kind::INSTANCE
    }
    fn finalize(&self, obj: &Obj) {
        let alive = self.watch.borrow().iter().map(|weak| !weak.get::<WeakRef>().unwrap().is_dead()).collect::<Vec<_>>();
        let watched = if alive.is_empty() { String::new() } else { format!(" {alive:?}") };
        self.log.borrow_mut().push(format!("del {}{watched}", self.name(obj)));
        if let Some(keep) = self.keep.borrow_mut().as_mut() {
            keep.push(obj.clone());
        }
    }
    fn weakref_callback(&self, weakref: &Obj, callback: &Obj) {
        assert!(weakref.get::<WeakRef>().unwrap().is_dead());
        self.log.borrow_mut().push(format!("callback {}", self.name(callback)));
    }
    fn collection_started(&self, _: usize) {
        self.collections.set(self.collections.get() + 1);
    }
    fn debug(&self, event: DebugEvent<'_>) {
        self.log.borrow_mut().push(match event {
            DebugEvent::Starting { generation, objects, permanent } => format!("collecting {generation} {objects:?} {permanent}"),
            DebugEvent::Collectable(obj) => format!("collectable kind {}", obj.kind().0),
            DebugEvent::Uncollectable(obj) => format!("uncollectable {}", self.name(obj)),
            DebugEvent::Done { unreachable, uncollectable } => format!("done {unreachable} {uncollectable}"),
        });
    }
}

/// A heap and its machine.
pub(crate) struct World {
    pub(crate) machine: Rc<Machine>,
    heap: HeapOwner,
}

impl Deref for World {
    type Target = Heap;
    fn deref(&self) -> &Heap {
        &self.heap
    }
}

impl World {
    pub(crate) fn new() -> World {
        let machine = Rc::<Machine>::default();
        let heap = Heap::new();
        heap.connect(machine.clone());
        World { machine, heap }
    }

    pub(crate) fn list(&self, items: impl IntoIterator<Item = Obj>) -> Obj {
        self.alloc(List::from_vec(items.into_iter().collect())).tracked()
    }

    /// An instance with room for two attributes.
    pub(crate) fn instance(&self, name: &str) -> Obj {
        let class = self.list([]);
        let obj = self.alloc_with_class(Instance, class, ExtraLayout { values: Some(2), ..Default::default() }).tracked();
        self.machine.names.borrow_mut().push((obj.id(), name.into()));
        obj
    }

    /// An instance whose class has a finalizer.
    pub(crate) fn mortal(&self, name: &str) -> Obj {
        let obj = self.instance(name);
        obj.mark_finalizer();
        obj
    }

    /// A text that serves as callback.
    pub(crate) fn callback(&self, name: &str) -> Obj {
        let obj = self.str(name);
        self.machine.names.borrow_mut().push((obj.id(), name.into()));
        obj
    }

    pub(crate) fn log(&self) -> Vec<String> {
        self.machine.log.take()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.machine.keep.take();
        self.machine.watch.take();
        self.heap.disconnect();
    }
}

/// `a.append(b)`
pub(crate) fn append(a: &Obj, b: &Obj) {
    a.get::<List>().unwrap().push(b.clone());
}

/// `a.x = b`
pub(crate) fn set(a: &Obj, index: usize, b: &Obj) {
    drop(a.extra().unwrap().set_value(index, Some(b.clone())));
}
