//! Short ways for Rust code that builds objects and looks into them.
//!
//! The machine uses the payloads themselves; these are for programs that tell a story about a heap.

use crate::dict::Dict;
use crate::extra::ExtraLayout;
use crate::generation::GENERATIONS;
use crate::heap::Heap;
use crate::list::List;
use crate::object::Obj;
use crate::payload::Instance;
use crate::tuple::Tuple;
use crate::weakref::{WeakFlavour, WeakRef};
use crate::{Int, Str};

impl Heap {
    /// A new tracked instance of `class`, with room for `attributes` values. Any object may serve as class.
    ///
    /// ```
    /// let heap = heap::Heap::new();
    /// let class = heap.list([]);
    /// let node = heap.instance(&class, 1);
    /// node.set_attribute(0, &node);
    /// assert_eq!(node.refcount(), 2);
    /// drop(node);
    /// assert_eq!(heap.collect_all(), 1);
    /// ```
    pub fn instance(&self, class: &Obj, attributes: u8) -> Obj {
        self.alloc_with_class(Instance, class.clone(), ExtraLayout { values: Some(attributes), ..Default::default() }).tracked()
    }

    /// Collects every generation, and gives the number of unreachable objects that were found: `gc.collect()`.
    pub fn collect_all(&self) -> usize {
        let stats = self.collect(GENERATIONS - 1);
        stats.collected + stats.uncollectable
    }

    /// A weak reference without a callback: `weakref.ref(target)`.
    pub fn weak(&self, target: &Obj) -> Obj {
        self.weakref(target, WeakFlavour::Ref, None)
    }

    /// A new dict: `{}`. See [`Obj::set_item`].
    ///
    /// ```
    /// let heap = heap::Heap::new();
    /// let (a, b) = (heap.dict(), heap.dict());
    /// a.set_item("other", &b);
    /// b.set_item("other", &a);
    /// drop((a, b));
    /// assert_eq!(heap.collect_all(), 2);
    /// ```
    pub fn dict(&self) -> Obj {
        let dict = self.alloc(Dict::new());
        if self.tracks_dicts_lazily() { dict } else { dict.tracked() }
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        let mut n = 0;
        self.space.for_each(|_| n += 1);
        n
    }

    /// Whether there are no objects.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Obj {
    /// The payload of a list.
    pub fn as_list(&self) -> Option<&List> {
        self.get()
    }

    /// The payload of a tuple.
    pub fn as_tuple(&self) -> Option<&Tuple> {
        self.get()
    }

    /// The payload of a dict.
    pub fn as_dict(&self) -> Option<&Dict> {
        self.get()
    }

    /// The value of an integer of 64 bits.
    pub fn as_int(&self) -> Option<i64> {
        self.get::<Int>().map(|int| int.0)
    }

    /// The text of a `str`, unless it has lone surrogates.
    pub fn as_str(&self) -> Option<&str> {
        self.get::<Str>().and_then(Str::to_str)
    }

    /// Appends to a list, which takes a reference of its own.
    ///
    /// Panics if this is no list.
    pub fn append(&self, item: &Obj) {
        self.as_list().expect("append is for lists").push(item.clone());
    }

    /// What a dict has for a text: `dict.get(key)`.
    pub fn item(&self, key: &str) -> Option<Obj> {
        self.as_dict().and_then(|dict| dict.get_str_key(&self.heap().str(key)))
    }

    /// Sets what a dict has for a text, and takes a reference of its own; what was there is released: `dict[key] = value`.
    ///
    /// Panics if this is no dict.
    pub fn set_item(&self, key: &str, value: &Obj) {
        let heap = self.heap();
        let before = self.as_dict().expect("set_item is for dicts").set_str_key(&heap.str(key), value.clone());
        if heap.tracks_dicts_lazily() && !value.is_leaf() {
            heap.track(self);
        }
        drop(before);
    }

    /// The class of an instance, if the object names one itself: `type(x)`.
    pub fn class(&self) -> Option<Obj> {
        self.extra().and_then(|extra| extra.class().get())
    }

    /// What the object refers to, as far as the collector sees it, in order: `gc.get_referents(x)`.
    pub fn referents(&self) -> Vec<Obj> {
        let mut referents = Vec::new();
        self.traverse(&mut |held| referents.push(held.clone()));
        referents
    }

    /// Lets go of what the object holds, as the collector does with what it has found: `tp_clear`. The object lives on, empty, as long as
    /// somebody refers to it; what cannot be emptied, as a tuple, stays as it is.
    ///
    /// ```
    /// let heap = heap::Heap::new();
    /// let a = heap.list([]);
    /// a.append(&a);
    /// a.clear();
    /// assert_eq!(a.refcount(), 1);
    /// ```
    pub fn clear(&self) {
        self.heap().clear_object(self);
    }

    /// What a weak reference stands for, while that lives.
    pub fn target(&self) -> Option<Obj> {
        self.get::<WeakRef>().and_then(WeakRef::target)
    }

    /// Attribute number `index` of an instance.
    pub fn attribute(&self, index: usize) -> Option<Obj> {
        self.extra().filter(|extra| extra.is_inline() && index < extra.capacity()).and_then(|extra| extra.value(index).get())
    }

    /// Sets attribute number `index` of an instance, which takes a reference of its own; what was there is released.
    ///
    /// Panics if there is no such attribute.
    pub fn set_attribute(&self, index: usize, value: &Obj) {
        drop(self.extra().expect("instances have attributes").set_value(index, Some(value.clone())));
    }
}
